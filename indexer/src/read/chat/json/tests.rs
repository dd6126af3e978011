//! Tests of chats and posts in JSON.

use super::super::super::testing::{Collected, input, limits, read_bytes};
use super::super::super::{Outcome, key};
use super::*;

fn read(name: &str, text: &str) -> (String, Collected) {
    let (format, out, outcome) = read_bytes(name, text.as_bytes());
    assert_eq!(outcome, Outcome::Whole);
    (format, out)
}

const FACEBOOK: &str = r#"{"participants":[{"name":"Jan"},{"name":"Zo\u00c3\u00ab"}],"messages":[
    {"sender_name":"Zo\u00c3\u00ab","timestamp_ms":1710594202000,"content":"Caf\u00c3\u00a9 om drie?","reactions":[
      {"reaction":"\u00f0\u009f\u0091\u008d","actor":"Jan"}],"is_geoblocked_for_viewer":false},
    {"sender_name":"Jan","timestamp_ms":1710507802000,"photos":[{"uri":"messages/inbox/x/photos/kade.jpg","creation_timestamp":1710507802}],
      "share":{"link":"https://voorbeeld.nl/kade","share_text":"Over de kade"}},
    {"sender_name":"Jan","timestamp_ms":1710507801000,"is_unsent":true}],
    "title":"Zo\u00c3\u00ab","thread_path":"inbox/zoe_1"}"#;

#[test]
fn facebook_messages_are_repaired_and_put_in_order() {
    let (format, out) = read("message_1.json", FACEBOOK);
    assert_eq!(format, "facebook");
    assert_eq!(
        out.pages,
        [
            "[2024-03-15 14:03:21] Jan: (verwijderd bericht)\n\
             [2024-03-15 14:03:22] Jan: Over de kade (bijlage: kade.jpg) (link: https://voorbeeld.nl/kade)\n",
            "[2024-03-16 14:03:22] Zoë: Café om drie? (reactie: 👍 Jan)\n",
        ]
    );
    assert_eq!(out.values(key::TITLE), ["Facebook-gesprek met Zoë"]);
    assert_eq!(out.values(key::PARTICIPANT), ["Jan", "Zoë"]);
}

#[test]
fn posts_and_comments_have_author_and_time() {
    let (format, out) = read(
        "your_posts_1.json",
        r#"[{"timestamp":1710507802,"attachments":[{"data":[{"external_context":{"url":"https://voorbeeld.nl"}}]}],
           "data":[{"post":"De kade is klaar."},{"update_timestamp":1710507802}],"title":"Jan deelde een link."}]"#,
    );
    assert_eq!(format, "facebook");
    assert_eq!(
        out.pages,
        [
            "[2024-03-15 14:03:22] accounthouder: De kade is klaar.\n  Jan deelde een link. (link: https://voorbeeld.nl)\n"
        ]
    );
    let (format, out) = read(
        "comments.json",
        r#"{"comments_v2":[{"timestamp":1710507802,"data":[{"comment":{"timestamp":1710507802,"comment":"Mooi","author":"Jan","group":"Buurt"}}],
           "title":"Jan reageerde op Piet."}]}"#,
    );
    assert_eq!(format, "facebook");
    assert_eq!(
        out.pages,
        ["[2024-03-15 14:03:22] Jan: Mooi\n  Jan reageerde op Piet. (group: Buurt)\n"]
    );
}

#[test]
fn instagram_posts_and_comments() {
    let (format, out) = read(
        "posts_1.json",
        r#"[{"media":[{"uri":"media/posts/202403/a.jpg","creation_timestamp":1710507802,"title":"Zon op de kade","cross_post_source":{"source_app":"FB"}}]}]"#,
    );
    assert_eq!(format, "instagram");
    assert!(
        out.pages[0].starts_with("[2024-03-15 14:03:22] accounthouder: Zon op de kade ("),
        "{:?}",
        out.pages
    );
    assert!(out.pages[0].contains("(bijlage: a.jpg)"));
    let (format, out) = read(
        "post_comments_1.json",
        r#"[{"media_list_data":[{"uri":""}],"string_map_data":{"Comment":{"value":"Prachtig"},"Media Owner":{"value":"gemeente"},"Time":{"timestamp":1710507802}}}]"#,
    );
    assert_eq!(format, "instagram");
    assert_eq!(
        out.pages,
        ["[2024-03-15 14:03:22] accounthouder: (Comment: Prachtig) (Media Owner: gemeente)\n"]
    );
}

#[test]
fn tweets_and_direct_messages_of_x() {
    let (format, out) = read(
        "tweets.js",
        r#"window.YTD.tweets.part0 = [{"tweet":{"created_at":"Fri Mar 15 13:03:22 +0000 2024","full_text":"Kade &amp; dijk https://t.co/x","id_str":"12",
           "source":"<a href=\"http://x.com\">Web</a>","entities":{"urls":[{"url":"https://t.co/x","expanded_url":"https://voorbeeld.nl/dijk"}],"hashtags":[]},"lang":"nl"}}]"#,
    );
    assert_eq!(format, "x");
    assert_eq!(
        out.pages,
        [
            "[2024-03-15 14:03:22] accounthouder: Kade & dijk https://t.co/x (link: https://voorbeeld.nl/dijk)\n"
        ]
    );
    let (_, out) = read(
        "direct-messages.js",
        r#"window.YTD.direct_messages.part0 = [{"dmConversation":{"conversationId":"1-2","messages":[
           {"messageCreate":{"recipientId":"1","senderId":"2","text":"Dag","createdAt":"2024-03-15T13:03:22.000Z","mediaUrls":[],"reactions":[]}}]}}]"#,
    );
    assert_eq!(
        out.pages,
        ["  Gesprek: 1-2\n", "[2024-03-15 14:03:22] 2: Dag\n"]
    );
    let (format, out) = read(
        "follower.js",
        r#"window.YTD.follower.part0 = [{"follower":{"accountId":"1"}}]"#,
    );
    assert_eq!(format, "x");
    assert!(out.rest.contains("follower"));
}

#[test]
fn telegram_keeps_its_own_clock_and_service_lines() {
    let (format, out) = read(
        "result.json",
        r#"{"name":"Kade","type":"private_group","id":1,"messages":[
          {"id":1,"type":"service","date":"2024-03-15T14:00:00","date_unixtime":"1710507600","actor":"Jan","actor_id":"user1","action":"create_group","title":"Kade","members":["Jan","Els"],"text":"","text_entities":[]},
          {"id":2,"type":"message","date":"2024-03-15T14:03:22","date_unixtime":"1710507802","edited":"2024-03-15T15:00:00","from":"Jan","from_id":"user1",
           "text":["Zie ",{"type":"bold","text":"vandaag"}," de dijk"],"text_entities":[{"type":"plain","text":"Zie "}],"photo":"photos/p1.jpg",
           "reactions":[{"type":"emoji","count":1,"emoji":"👍","recent":[{"from":"Els","from_id":"user2","date":"2024-03-15T15:00:00"}]}]},
          {"id":3,"type":"message","date":"2024-03-15T14:05:00","from":"Els","from_id":"user2","text":"","reply_to_message_id":2,"poll":{"question":"Wanneer?","answers":[{"text":"maandag","voters":2}]}}]}"#,
    );
    assert_eq!(format, "telegram");
    let page = &out.pages[0];
    assert!(
        page.starts_with("[2024-03-15 14:00:00] * Jan: Kade\n  create_group"),
        "{page}"
    );
    assert!(page.contains("[2024-03-15 14:03:22] Jan: Zie vandaag de dijk (bewerkt) (bijlage: p1.jpg) (reactie: 👍 Els)\n"), "{page}");
    assert!(
        page.contains("[2024-03-15 14:05:00] Els: maandag (antwoord op: Zie vandaag de dijk) (question: Wanneer?)\n"),
        "{page}"
    );
    assert_eq!(out.values(key::TITLE), ["Telegram-gesprek met Kade"]);
}

#[test]
fn what_stands_beside_the_messages_is_kept() {
    let (format, out) = read(
        "result.json",
        r#"{"about":"Export van Jan","contacts":{"list":[{"first_name":"Els","phone_number":"0612345678"}]},
          "chats":{"list":[{"name":"Els","type":"personal_chat","messages":[{"id":2,"type":"message","date":"2024-03-15T14:03:22",
           "from":"Jan","from_id":"user1","text":"jaar","poll":{"question":"x","answers":[{"text":"ja"}]},"location_information":{"latitude":52.1,"longitude":4.3}}]}]}}"#,
    );
    assert_eq!(format, "telegram");
    assert_eq!(
        out.pages,
        [
            "  Gesprek: Els\n",
            "[2024-03-15 14:03:22] Jan: jaar\n  ja (locatie: 52.1, 4.3) (question: x)\n",
            "  (about: Export van Jan)\n  (first_name: Els)\n",
        ]
    );
}

#[test]
fn slack_and_teams() {
    let (format, out) = read(
        "2024-03-15.json",
        r#"[{"type":"message","subtype":"channel_join","user":"U1","text":"<@U1> has joined","ts":"1710507700.000100"},
            {"client_msg_id":"a-b","type":"message","text":"Is de nota klaar &amp; goed?","user":"U1","ts":"1710507802.000200","user_profile":{"real_name":"Jan de Wit","display_name":"","image_72":"https://x/y.png"},
             "blocks":[{"type":"rich_text","elements":[{"type":"text","text":"Is de nota klaar"}]}],"files":[{"id":"F1","name":"nota.pdf","mimetype":"application/pdf","title":"Nota"}],
             "reactions":[{"name":"eyes","users":["U2"],"count":1}]}]"#,
    );
    assert_eq!(format, "slack");
    assert_eq!(
        out.pages,
        ["[2024-03-15 14:01:40] * U1: <@U1> has joined\n\
          [2024-03-15 14:03:22] Jan de Wit: Is de nota klaar & goed?\n  Nota (bijlage: nota.pdf) (reactie: eyes U2)\n"]
    );
    let (format, out) = read(
        "messages.json",
        r#"{"userId":"8:jan","conversations":[{"id":"19:x","displayName":"Project","MessageList":[
           {"id":"1","displayName":null,"originalarrivaltime":"2024-03-15T13:03:22.123Z","messagetype":"RichText/Html","content":"<p>De <b>kade</b></p>","from":"8:live:els"}]}]}"#,
    );
    assert_eq!(format, "teams");
    assert_eq!(
        out.pages,
        [
            "  Gesprek: Project\n",
            "[2024-03-15 14:03:22] live:els: De kade\n"
        ]
    );
    assert_eq!(out.values(key::TITLE), ["Teams-gesprek met Project"]);
}

const SIGNAL: &str = "{\"date\": \"2024-03-15T14:03:22\", \"sender\": \"Me\", \"body\": \"Dag\\nElla  \", \"quote\": \"\", \"sticker\": \"\", \
    \"reactions\": [[\"Ella\", \"👍\"]], \"attachments\": [{\"name\": \"kade.jpg\", \"path\": \"media/kade.jpg\"}]}\n\
    {\"date\": \"2024-03-15T14:04:00\", \"sender\": \"Ella\", \"body\": \"Ja\", \"quote\": \"\\n\\n> Dag\\n\\n\", \"reactions\": [], \"attachments\": []}\n";

#[test]
fn signal_json_a_line() {
    let (format, out) = read("data.json", SIGNAL);
    assert_eq!(format, "signal");
    assert_eq!(
        out.pages,
        [
            "[2024-03-15 14:03:22] Me: Dag\n  Ella (bijlage: kade.jpg) (reactie: 👍 Ella)\n\
          [2024-03-15 14:04:00] Ella: Ja (antwoord op: > Dag)\n"
        ]
    );
}

#[test]
fn other_json_and_broken_json_stay_text() {
    let (format, out) = read("a.json", r#"{"messages":[{"text":"geen gesprek"}]}"#);
    assert_eq!(format, "json");
    assert!(out.rest.contains("geen gesprek"));
    for sample in [FACEBOOK, SIGNAL] {
        for cut in (0..sample.len()).step_by(16) {
            let bytes = &sample.as_bytes()[..cut];
            for format in ["facebook", "signal", "telegram", "x", "teams"] {
                let mut out = Collected::default();
                let outcome = read_json(format, &mut input("x.json", bytes), &limits(), &mut out);
                assert_eq!(outcome, Outcome::Whole);
                assert!(
                    out.all_text().len() * 4 + 200 >= cut,
                    "{cut}: {}",
                    out.all_text()
                );
            }
        }
        for at in (0..sample.len()).step_by(7) {
            let mut bytes = sample.as_bytes().to_vec();
            bytes[at] ^= 1 << (at % 8);
            let mut out = Collected::default();
            let outcome = read_json(
                "facebook",
                &mut input("x.json", &bytes),
                &limits(),
                &mut out,
            );
            assert_eq!(outcome, Outcome::Whole);
        }
    }
}

#[test]
fn a_message_of_very_many_texts_takes_no_time() {
    let texts: Vec<String> = (0..60_000)
        .map(|i| format!(r#"{{"text":"woord{i}","x":"ander{i}"}}"#))
        .collect();
    let json = format!(
        r#"[{{"type":"message","ts":"1710507802.1","user":"U1","text":"a","all":[{}]}}]"#,
        texts.join(",")
    );
    // Of this thread: the machine may be busy with other things.
    let seconds = || rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime).tv_sec;
    let begin = seconds();
    let (format, out) = read("a.json", &json);
    assert_eq!(format, "slack");
    let all = out.all_text();
    assert!(all.contains("woord59999") && all.contains("ander59999"));
    assert!(seconds() - begin < 20);
}
