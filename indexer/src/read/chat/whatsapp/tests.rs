//! Tests of WhatsApp exports in the shapes of many phones.

use proptest::prelude::*;

use super::super::super::testing::{Collected, input, limits, read_bytes};
use super::super::super::{Outcome, key};
use super::*;

const ANDROID: &str = "14-03-2024 16:55 - Berichten en oproepen zijn end-to-end versleuteld. Niemand buiten dit \
    gesprek kan ze lezen of beluisteren.\n\
    14-03-2024 16:55 - Jan de Wit heeft de groep \"Kadeherstel\" gemaakt\n\
    14-03-2024 16:56 - Jan de Wit heeft Fatima toegevoegd\n\
    15-03-2024 09:14 - Jan de Wit: Goedemorgen, de kade is verzakt.\nHet gaat om drie dingen:\n\n- de damwand\n\
    15-03-2024 09:15 - Fatima: IMG-20240315-WA0001.jpg (bestand bijgevoegd)\nZo ziet het eruit\n\
    15-03-2024 09:16 - Jan de Wit: Duidelijk: dank <Dit bericht is bewerkt>\n\
    15-03-2024 09:17 - Fatima: Dit bericht is verwijderd\n\
    18-03-2024 10:00 - +31 6 12345678: <Media weggelaten>\n\
    18-03-2024 10:02 - Fatima heeft het onderwerp gewijzigd van \"Kadeherstel\" naar \"Kade: Noord\"\n";

#[test]
fn an_android_export_becomes_days_and_messages() {
    let (format, out, outcome) = read_bytes("chat.txt", ANDROID.as_bytes());
    assert_eq!((format.as_str(), outcome), ("whatsapp", Outcome::Whole));
    assert_eq!(out.rest, "");
    assert_eq!(
        out.pages[1],
        "[2024-03-15 09:14] Jan de Wit: Goedemorgen, de kade is verzakt.\n  Het gaat om drie dingen:\n  \n  - de \
         damwand\n\
         [2024-03-15 09:15] Fatima: (bijlage: IMG-20240315-WA0001.jpg)\n  Zo ziet het eruit\n\
         [2024-03-15 09:16] Jan de Wit: Duidelijk: dank (bewerkt)\n\
         [2024-03-15 09:17] Fatima: (verwijderd bericht)\n"
    );
    assert_eq!(
        out.pages[2],
        "[2024-03-18 10:00] +31 6 12345678: (media weggelaten)\n\
         [2024-03-18 10:02] * Fatima heeft het onderwerp gewijzigd van \"Kadeherstel\" naar \"Kade: Noord\"\n"
    );
    assert!(out.pages[0].contains("[2024-03-14 16:56] * Jan de Wit heeft Fatima toegevoegd\n"));
    assert_eq!(out.values(key::TITLE), ["WhatsApp-gesprek met Kade: Noord"]);
    assert_eq!(
        out.values(key::PARTICIPANT),
        ["+31 6 12345678", "Fatima", "Jan de Wit"]
    );
    assert_eq!(out.values(key::DAYS), ["2024-03-14 2024-03-15 2024-03-18"]);
    assert_eq!(out.values(key::MESSAGES), ["9"]);
    assert_eq!(out.values(key::CREATED), ["2024-03-14T15:55:00Z"]);
    assert_eq!(out.values(key::MODIFIED), ["2024-03-18T09:02:00Z"]);
}

#[test]
fn an_iphone_export_is_the_same_conversation() {
    let text = "[14/03/2024, 16:55:01] Kade Noord: \u{200e}Berichten en oproepen zijn end-to-end versleuteld.\r\n\
        [14/03/2024, 16:55:02] Kade Noord: \u{200e}Jan heeft de groep gemaakt\r\n\
        \u{200e}[15/03/2024, 09:15:08] ~\u{202f}Fatima: \u{200e}<bijgevoegd: 00000012-PHOTO-2024-03-15-09-15-08.jpg>\r\n\
        [15/03/2024, 09:16:44] Jan de Wit: Dank \u{200e}<Dit bericht is bewerkt>\r\n\
        \u{200e}[15/03/2024, 09:17:00] Jan de Wit: \u{200e}afbeelding weggelaten\r\n\
        [15/03/2024, 09:18:00] Jan de Wit: \u{200e}PEILING:\r\nWanneer?\r\n\u{200e}OPTIE: maandag (\u{200e}2 stemmen)\r\n";
    let (format, out, outcome) = read_bytes("_chat.txt", text.as_bytes());
    assert_eq!((format.as_str(), outcome), ("whatsapp", Outcome::Whole));
    assert_eq!(
        out.pages,
        [
            "[2024-03-14 16:55:01] * Kade Noord: Berichten en oproepen zijn end-to-end versleuteld.\n\
             [2024-03-14 16:55:02] * Kade Noord: Jan heeft de groep gemaakt\n",
            "[2024-03-15 09:15:08] Fatima: (bijlage: 00000012-PHOTO-2024-03-15-09-15-08.jpg)\n\
             [2024-03-15 09:16:44] Jan de Wit: Dank (bewerkt)\n\
             [2024-03-15 09:17:00] Jan de Wit: afbeelding (media weggelaten)\n\
             [2024-03-15 09:18:00] Jan de Wit: PEILING: (peiling)\n  Wanneer?\n  OPTIE: maandag (2 stemmen)\n",
        ]
    );
    assert_eq!(out.values(key::TITLE), ["WhatsApp-gesprek met Kade Noord"]);
    assert_eq!(out.values(key::PARTICIPANT), ["Fatima", "Jan de Wit"]);
}

#[test]
fn english_telephones_and_the_name_of_the_file() {
    let text = "3/4/24, 2:15\u{202f}PM - Messages and calls are end-to-end encrypted.\n\
        3/4/24, 2:15\u{202f}PM - Ann: Morning all\n3/14/24, 9:01\u{202f}AM - Bob: This message was deleted\n";
    let (format, out, _) = read_bytes("WhatsApp Chat with Bob Smith.txt", text.as_bytes());
    assert_eq!(format, "whatsapp");
    assert_eq!(out.values(key::TITLE), ["WhatsApp-gesprek met Bob Smith"]);
    assert_eq!(out.values(key::DAYS), ["2024-03-04 2024-03-14"]);
    assert!(out.pages[0].contains("[2024-03-04 14:15] Ann: Morning all\n"));
    assert_eq!(
        out.pages[1],
        "[2024-03-14 09:01] Bob: (verwijderd bericht)\n"
    );
}

#[test]
fn what_is_no_message_stays_with_the_message_before() {
    let text = "Export van de groep\n15-03-2024 09:14 - Jan: Kijk, van mijn iPhone:\n\
        [14/03/2024, 16:55:02] Piet: dit is geplakt\n31-02-2024 10:00 - Jan: die dag bestaat niet\n\
        15-03-2024 09:15 - Jan: klaar\nwat er ook volgt\u{c}hoort erbij";
    let (format, out, _) = read_bytes("_chat.txt", text.as_bytes());
    assert_eq!(format, "whatsapp");
    assert_eq!(
        out.pages,
        [
            "  Export van de groep\n",
            "[2024-03-15 09:14] Jan: Kijk, van mijn iPhone:\n  [14/03/2024, 16:55:02] Piet: dit is geplakt\n  \
             31-02-2024 10:00 - Jan: die dag bestaat niet\n\
             [2024-03-15 09:15] Jan: klaar\n  wat er ook volgt\n  hoort erbij\n",
        ]
    );
}

#[test]
fn a_quoted_export_at_the_top_and_names_between_quotes() {
    let text = "[14/03/2024, 16:55:02] Piet: dit is geplakt\n15-03-2024 09:14 - Jan \"de dijk\" Smit: hoi\n\
        15-03-2024 09:15 - Groep \"Kade: Noord\" bestaat nu: zie boven\n";
    let (_, out, _) = read_bytes("_chat.txt", text.as_bytes());
    assert_eq!(
        out.pages,
        [
            "  [14/03/2024, 16:55:02] Piet: dit is geplakt\n",
            "[2024-03-15 09:14] Jan \"de dijk\" Smit: hoi\n\
             [2024-03-15 09:15] * Groep \"Kade: Noord\" bestaat nu: zie boven\n",
        ]
    );
}

#[test]
fn a_conversation_without_a_telling_name_is_known_and_a_log_is_not() {
    let format = |name: &str, text: &str| read_bytes(name, text.as_bytes()).0;
    let chat =
        "15-03-24, 14:03 - Jan: hoi\n15-03-24, 14:04 - Els: dag\n15-03-24, 14:05 - Jan: koffie?\n";
    assert_eq!(format("gesprek.txt", chat), "whatsapp");
    assert_eq!(
        format("gesprek.txt", &chat.replace(" - Els: dag", "")),
        "txt"
    );
    for (name, text) in [
        (
            "a.txt",
            "15-03-2024 14:03 - INFO: gestart\n15-03-2024 14:03 - WARN: traag\n15-03-2024 14:04 - INFO: klaar\n",
        ),
        (
            "a.log",
            "[2024-03-15 14:03:22] server: start\n[2024-03-15 14:03:23] server: op\n[2024-03-15 14:03:24] server: neer\n",
        ),
        ("chat.log", "[2024-03-15 14:03:22] [main] INFO: start\n"),
        (
            "a.txt",
            "15-03-2024 14:03 - Overleg met de provincie\nDaarna: lunch\n",
        ),
        (
            "notulen.txt",
            "Verslag\n15-03-2024 14:03 - Jan: hoi\n15-03-2024 14:03 - Jan: hoi\n15-03-2024 14:03 - Jan: a\n",
        ),
        (
            "chats.txt",
            "2024-03-15 14:03:22 - server: start\n2024-03-15 14:03:23 - server: op\n",
        ),
        ("a.txt", "15-03-2024 was een vrijdag\n"),
    ] {
        assert_eq!(format(name, text), "txt", "{text}");
    }
}

/// The words of a text, without what the reader gives another form.
fn words(text: &str) -> Vec<String> {
    let letters = |c: char| !c.is_alphanumeric();
    text.split(letters)
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn read(bytes: &[u8]) -> (Collected, Outcome) {
    let mut out = Collected::default();
    let outcome = read_whatsapp(&mut input("_chat.txt", bytes), &limits(), &mut out);
    (out, outcome)
}

#[test]
fn a_cut_export_is_read_to_where_it_goes() {
    for cut in (0..ANDROID.len()).step_by(16) {
        let bytes = &ANDROID.as_bytes()[..cut];
        let (out, outcome) = read(bytes);
        assert_eq!(outcome, Outcome::Whole);
        let all = out.all_text();
        let body = |line: &str| line.split_once(" - ").map(|(_, body)| body.to_owned());
        for line in String::from_utf8_lossy(bytes).lines().filter_map(body) {
            for word in words(line.split(['<', '(']).next().unwrap_or_default()) {
                assert!(
                    all.contains(&word) || line.contains("bericht is ver"),
                    "{word} of {line}"
                );
            }
        }
    }
}

proptest! {
    #[test]
    fn damage_loses_no_words(flips in proptest::collection::vec((0usize..ANDROID.len(), 0u8..8), 1..20)) {
        let mut bytes = ANDROID.as_bytes().to_vec();
        for (at, bit) in flips {
            bytes[at] ^= 1 << bit;
        }
        let (out, outcome) = read(&bytes);
        prop_assert_eq!(outcome, Outcome::Whole);
        prop_assert!(out.all_text().len() + 400 > bytes.len());
    }

    #[test]
    fn any_text_keeps_its_words(pieces in proptest::collection::vec("15-03-2024 09:14 - |\\[15/03/2024, 09:14:01\\] |Jan|: |\n|kade|\u{200e}|~|\\*", 0..40)) {
        let text = pieces.concat();
        let (out, _) = read(text.as_bytes());
        let all = out.all_text();
        prop_assert_eq!(all.matches("kade").count(), text.matches("kade").count());
        prop_assert_eq!(all.matches("Jan").count(), text.matches("Jan").count());
    }
}
