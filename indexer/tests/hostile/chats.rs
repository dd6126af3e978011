//! Conversations as other programs export them, to be damaged.

/// Name, format and text.
pub const CHATS: &[(&str, &str, &str)] = &[
    (
        "chat.txt",
        "whatsapp",
        "14-03-2024 16:55 - Berichten en oproepen zijn end-to-end versleuteld. Niemand buiten dit gesprek kan ze lezen of beluisteren.\n14-03-2024 16:55 - Jan de Wit heeft de groep \"Kadeherstel\" gemaakt\n15-03-2024 09:14 - Jan de Wit: Goedemorgen, de kade is verzakt.\nHet gaat om drie dingen\n15-03-2024 09:15 - Fatima: IMG-20240315-WA0001.jpg (bestand bijgevoegd)\n15-03-2024 09:16 - Jan de Wit: Dank <Dit bericht is bewerkt>\n",
    ),
    (
        "chat.md",
        "signal",
        "[2019-05-29, 15:04] Me: Ligt de nota klaar?  \n[2019-05-29, 15:05] Ella de Boer: \n\n> Ligt de nota klaar?\n\nJa: hier is ze  \n(- Me: 👍, Jan: ❤️ -)![kade (1).jpg](./media/kade%20(1).jpg)  \n\n[2019-05-30 09:00:01] Me: (This message was deleted)\n",
    ),
    (
        "data.json",
        "signal",
        "{\"date\": \"2024-03-15T14:03:22\", \"sender\": \"Me\", \"body\": \"Dag\\nElla  \", \"quote\": \"\", \"sticker\": \"\", \"reactions\": [[\"Ella\", \"👍\"]], \"attachments\": [{\"name\": \"kade.jpg\", \"path\": \"media/kade.jpg\"}]}\n{\"date\": \"2024-03-15T14:04:00\", \"sender\": \"Ella\", \"body\": \"Ja\", \"quote\": \"\\n\\n> Dag\\n\\n\", \"reactions\": [], \"attachments\": []}\n",
    ),
    (
        "sms.xml",
        "sms",
        "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<smses count=\"2\" backup_date=\"1\">\n<sms protocol=\"0\" address=\"+31612345678\" date=\"1710507802000\" type=\"1\" subject=\"null\" body=\"De kade &amp; de dijk &#55357;&#56397;&#10;tot zo\" contact_name=\"Els\" />\n<mms date=\"1710594302000\" msg_box=\"1\" address=\"+31612345678\" contact_name=\"Els\"><parts><part seq=\"0\" ct=\"image/jpeg\" name=\"kade.jpg\" text=\"null\" data=\"aGFsbG8=\" /><part seq=\"0\" ct=\"text/plain\" text=\"Kijk\" /></parts></mms>\n</smses>",
    ),
    (
        "messages.csv",
        "linkedin",
        "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER\n1,,Els,https://linkedin.com/in/els,Jan,https://linkedin.com/in/jan,2024-03-16 13:03:22 UTC,,\"Ja, \"\"goed\"\"\ntot dan\",INBOX\n",
    ),
    (
        "message_1.json",
        "facebook",
        r#"{"participants":[{"name":"Jan"},{"name":"Zo\u00c3\u00ab"}],"messages":[{"sender_name":"Zo\u00c3\u00ab","timestamp_ms":1710594202000,"content":"Caf\u00c3\u00a9 om drie?","reactions":[{"reaction":"\u00f0\u009f\u0091\u008d","actor":"Jan"}],"is_geoblocked_for_viewer":false},{"sender_name":"Jan","timestamp_ms":1710507801000,"is_unsent":true}],"title":"Zo\u00c3\u00ab","thread_path":"inbox/zoe_1"}"#,
    ),
    (
        "posts_1.json",
        "instagram",
        r#"[{"media":[{"uri":"media/posts/202403/a.jpg","creation_timestamp":1710507802,"title":"Zon op de kade","cross_post_source":{"source_app":"FB"}}]}]"#,
    ),
    (
        "tweets.js",
        "x",
        r#"window.YTD.tweets.part0 = [{"tweet":{"created_at":"Fri Mar 15 13:03:22 +0000 2024","full_text":"Kade &amp; dijk https://t.co/x","id_str":"12","entities":{"urls":[{"url":"https://t.co/x","expanded_url":"https://voorbeeld.nl/dijk"}],"hashtags":[]},"lang":"nl"}}]"#,
    ),
    (
        "result.json",
        "telegram",
        r#"{"name":"Kade","type":"private_group","id":1,"messages":[{"id":2,"type":"message","date":"2024-03-15T14:03:22","date_unixtime":"1710507802","from":"Jan","from_id":"user1","text":["Zie ",{"type":"bold","text":"vandaag"}," de dijk"],"text_entities":[{"type":"plain","text":"Zie "}],"photo":"photos/p1.jpg"}]}"#,
    ),
    (
        "2024-03-15.json",
        "slack",
        r#"[{"client_msg_id":"a-b","type":"message","text":"Is de nota klaar &amp; goed?","user":"U1","ts":"1710507802.000200","user_profile":{"real_name":"Jan de Wit","display_name":""},"files":[{"id":"F1","name":"nota.pdf","title":"Nota"}],"reactions":[{"name":"eyes","users":["U2"],"count":1}]}]"#,
    ),
    (
        "messages.json",
        "teams",
        r#"{"userId":"8:jan","conversations":[{"id":"19:x","displayName":"Project","MessageList":[{"id":"1","displayName":null,"originalarrivaltime":"2024-03-15T13:03:22.123Z","messagetype":"RichText/Html","content":"<p>De <b>kade</b></p>","from":"8:live:els"}]}]}"#,
    ),
];
