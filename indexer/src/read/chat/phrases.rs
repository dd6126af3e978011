//! What WhatsApp itself writes between the messages, in Dutch, English and some neighbours: notices, files,
//! deleted and edited messages, polls, calls. Never decides where a message begins.

use super::stamp::invisible;
use super::{DELETED, EDITED, OMITTED};

/// Parts of the lines that the program writes.
const NOTICES: [&str; 56] = [
    "end-to-end versleuteld",
    "end-to-end-versleuteld",
    "end-to-endversleuteling",
    "end-to-end encrypted",
    "end-to-end encryption",
    "ende-zu-ende-verschlüsselt",
    "chiffrés de bout en bout",
    "cifrados de extremo a extremo",
    "heeft de groep",
    "hebt de groep",
    "heeft deze groep",
    "hebt deze groep",
    "heeft het onderwerp",
    "hebt het onderwerp",
    "heeft de omschrijving",
    "heeft u toegevoegd",
    "heeft je toegevoegd",
    "toegevoegd.",
    "is toegevoegd",
    "bent toegevoegd",
    "is lid geworden",
    "bent lid geworden",
    "uitnodigingslink",
    "beveiligingscode",
    "telefoonnummer gewijzigd",
    "nieuw telefoonnummer",
    "nieuw nummer",
    "zelfverwijderende berichten",
    "tijdelijke berichten",
    "verdwijnende berichten",
    "groepsbeheerder",
    "bent nu beheerder",
    "is nu beheerder",
    "groepsinstellingen",
    "heeft een bericht vastgezet",
    "created group",
    "created this group",
    "created the group",
    "changed the subject",
    "changed the group",
    "changed this group",
    "changed the settings",
    "changed their phone number",
    "changed to a new number",
    "changed to +",
    "you were added",
    "added you",
    "joined using",
    "joined from",
    "invite link",
    "security code",
    "disappearing messages",
    "now an admin",
    "pinned a message",
    "hat die gruppe",
    "a créé le groupe",
];

/// Ends of the lines that the program writes.
const NOTICE_ENDS: [&str; 7] = [
    " heeft de groep verlaten",
    " hebt de groep verlaten",
    " toegevoegd",
    " verwijderd",
    " left",
    " was added",
    " was removed",
];

/// Whether this is a line of WhatsApp itself, and no one's message.
pub(super) fn is_notice(text: &str) -> bool {
    let text = text.to_lowercase();
    let text = text.trim();
    deleted_prefix(text).is_none()
        && (NOTICES.iter().any(|notice| text.contains(notice))
            || NOTICE_ENDS.iter().any(|end| text.ends_with(end)))
}

/// Whether this is the notice at the start of every conversation; on iPhones it bears the conversation's name.
pub(super) fn is_encryption_notice(text: &str) -> bool {
    let text = text.to_lowercase();
    NOTICES[..8].iter().any(|notice| text.contains(notice))
}

/// The name that a group has according to this notice.
pub(super) fn subject(notice: &str) -> Option<String> {
    const ABOUT: [&str; 6] = [
        "onderwerp",
        "subject",
        "created",
        "gemaakt",
        "groepsnaam",
        "group name",
    ];
    let lower = notice.to_lowercase();
    if !ABOUT.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let quote = |c: char| matches!(c, '"' | '“' | '”' | '„' | '‘' | '’' | '\'' | '«' | '»');
    let end = notice.rfind(quote)?;
    let start = notice[..end].rfind(quote)?;
    let open = notice[start..].chars().next()?;
    let name = notice[start + open.len_utf8()..end].trim();
    (!name.is_empty()).then(|| name.to_owned())
}

const DELETIONS: [&str; 11] = [
    "dit bericht is verwijderd",
    "u hebt dit bericht verwijderd",
    "u heeft dit bericht verwijderd",
    "je hebt dit bericht verwijderd",
    "jij hebt dit bericht verwijderd",
    "this message was deleted",
    "you deleted this message",
    "diese nachricht wurde gelöscht",
    "du hast diese nachricht gelöscht",
    "ce message a été supprimé",
    "se eliminó este mensaje",
];

/// The length of the phrase of a deleted message at the start of a text in lower case.
fn deleted_prefix(lower: &str) -> Option<usize> {
    DELETIONS
        .iter()
        .find(|phrase| lower.starts_with(**phrase))
        .map(|phrase| phrase.len())
}

const EDITS: [&str; 7] = [
    "dit bericht is bewerkt",
    "bericht bewerkt",
    "this message was edited",
    "message edited",
    "diese nachricht wurde bearbeitet",
    "ce message a été modifié",
    "se editó este mensaje",
];

const ATTACHED: [&str; 11] = [
    "bestand bijgevoegd",
    "bijgevoegd",
    "file attached",
    "attached",
    "datei angehängt",
    "angehängt",
    "fichier joint",
    "pièce jointe",
    "archivo adjunto",
    "adjunto",
    "anexado",
];

const LEFT_OUT: [&str; 6] = [
    "weggelaten",
    "omitted",
    "weggelassen",
    "ausgeschlossen",
    "omis",
    "omitido",
];

/// What a line of a message means: its text and its marks.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) text: String,
    pub(super) marks: Vec<String>,
}

/// Reads one line of a message; `first` when it stands behind the sender.
pub(super) fn meaning(line: &str, first: bool) -> Meaning {
    // Before the program's own words an iPhone writes a mark of direction.
    let own = line.contains('\u{200e}');
    let line: String = line.chars().filter(|c| !invisible(*c)).collect();
    let (mut text, edited) = without_edited(line.trim_end());
    let mut marks = Vec::new();
    if first && let Some(length) = deleted_prefix(&text.to_lowercase()) {
        // The phrases have no letters of which the lower case has another length.
        let rest = text.get(length..).unwrap_or(&text);
        text = rest.trim_matches(['.', ' ']).to_owned();
        marks.push(DELETED.to_owned());
    } else if let Some((before, mark)) = file(&text) {
        text = before;
        let card = mark.to_lowercase().ends_with(".vcf)");
        marks.push(mark);
        marks.extend(card.then(|| "(contact)".to_owned()));
    } else if let Some(kind) = left_out(&text, own) {
        text = kind;
        marks.push(OMITTED.to_owned());
    } else if first {
        marks.extend(kind(&text).map(str::to_owned));
    }
    marks.extend(edited.then(|| EDITED.to_owned()));
    Meaning { text, marks }
}

fn without_edited(text: &str) -> (String, bool) {
    let found = text.strip_suffix('>').and_then(|inner| {
        let (before, phrase) = inner.rsplit_once('<')?;
        let phrase = phrase.to_lowercase();
        let phrase = phrase.trim_matches(['.', ' ']);
        EDITS.contains(&phrase).then(|| before.trim_end())
    });
    match found {
        Some(before) => (before.to_owned(), true),
        None => (text.to_owned(), false),
    }
}

/// `naam.jpg (bestand bijgevoegd)` and `<bijgevoegd: naam.jpg>`: the text before, and the mark.
fn file(text: &str) -> Option<(String, String)> {
    if let Some(inner) = text.strip_suffix('>') {
        let (before, inner) = inner.rsplit_once('<')?;
        let (phrase, name) = inner.split_once(':')?;
        let known = ATTACHED.contains(&phrase.trim().to_lowercase().as_str());
        let mark = || format!("(bijlage: {})", name.trim());
        return known.then(|| (before.trim_end().to_owned(), mark()));
    }
    let (name, phrase) = text.strip_suffix(')')?.rsplit_once(" (")?;
    let known = ATTACHED.contains(&phrase.trim().to_lowercase().as_str());
    // A file has an extension; a remark between brackets follows on a sentence.
    let named = name.rsplit_once('.').is_some_and(|(_, extension)| {
        (1..=8).contains(&extension.len()) && extension.chars().all(char::is_alphanumeric)
    });
    (known && named).then(|| (String::new(), format!("(bijlage: {})", name.trim())))
}

/// `<Media weggelaten>` and `afbeelding weggelaten`: what kind of file it was, as far as that is told.
fn left_out(text: &str, own: bool) -> Option<String> {
    const KINDS: [&str; 16] = [
        "afbeelding",
        "image",
        "video",
        "audio",
        "sticker",
        "gif",
        "document",
        "contactkaart",
        "contact card",
        "videonotitie",
        "video note",
        "bild",
        "spraakbericht",
        "voice message",
        "bestand",
        "media",
    ];
    let inner = text
        .strip_prefix('<')
        .and_then(|inner| inner.strip_suffix('>'));
    let (before, last) = inner
        .unwrap_or(text)
        .trim()
        .rsplit_once(char::is_whitespace)?;
    let last = last.to_lowercase();
    if !LEFT_OUT.contains(&last.trim_end_matches('.')) {
        return None;
    }
    let lower = before.to_lowercase();
    if inner.is_some() {
        let media = lower.contains("media") || lower.contains("medien") || lower.contains("médias");
        return media.then(String::new);
    }
    let alone = KINDS.contains(&lower.trim());
    // A document bears its name and its pages; without the mark of direction it could be a sentence.
    let document = own && KINDS.iter().any(|kind| lower.ends_with(kind));
    (alone || document).then(|| before.trim().to_owned())
}

/// The mark of a poll, a place, a contact or a call.
fn kind(text: &str) -> Option<&'static str> {
    const CALLS: [&str; 16] = [
        "gemiste spraakoproep",
        "gemiste video-oproep",
        "gemiste groepsoproep",
        "gemiste audio-oproep",
        "gemist spraakgesprek",
        "gemist videogesprek",
        "spraakoproep",
        "video-oproep",
        "groepsoproep",
        "missed voice call",
        "missed video call",
        "missed group call",
        "voice call",
        "video call",
        "group call",
        "silenced voice call",
    ];
    let lower = text.trim().to_lowercase();
    if matches!(
        lower.as_str(),
        "peiling:" | "poll:" | "enquête:" | "umfrage:"
    ) {
        return Some("(peiling)");
    }
    let place = [
        "locatie: ",
        "location: ",
        "live locatie",
        "live location",
        "standort: ",
    ];
    let linked = lower.contains("http") || lower.starts_with("live ");
    if linked && place.iter().any(|word| lower.starts_with(word)) {
        return Some("(locatie)");
    }
    let call = CALLS.iter().find_map(|call| lower.strip_prefix(call));
    let details =
        |rest: &str| rest.is_empty() || rest.starts_with(['.', ',', '•', ' ']) && rest.len() < 60;
    // After the bare word only details of the call may follow, which hold a number or a dot.
    call.filter(|rest| {
        details(rest) && (rest.is_empty() || !rest.starts_with(' ') || rest.contains('•'))
    })
    .map(|_| "(oproep)")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        let found = meaning(line, true);
        let mut all = vec![found.text];
        all.extend(found.marks);
        all.retain(|part| !part.is_empty());
        all.join(" ")
    }

    #[test]
    fn what_the_program_writes_in_a_message_becomes_a_mark() {
        for (line, expected) in [
            ("Goed <Dit bericht is bewerkt>", "Goed (bewerkt)"),
            ("Fine \u{200e}<This message was edited>", "Fine (bewerkt)"),
            ("Dit bericht is verwijderd", "(verwijderd bericht)"),
            (
                "\u{200e}U hebt dit bericht verwijderd.",
                "(verwijderd bericht)",
            ),
            ("This message was deleted.", "(verwijderd bericht)"),
            (
                "This message was deleted by admin Jan",
                "by admin Jan (verwijderd bericht)",
            ),
            ("<Media weggelaten>", "(media weggelaten)"),
            ("<Media omitted>", "(media weggelaten)"),
            (
                "\u{200e}afbeelding weggelaten",
                "afbeelding (media weggelaten)",
            ),
            ("image omitted", "image (media weggelaten)"),
            (
                "nota.pdf • \u{200e}3 pagina's \u{200e}document weggelaten",
                "nota.pdf • 3 pagina's document (media weggelaten)",
            ),
            (
                "IMG-20240315-WA0001.jpg (bestand bijgevoegd)",
                "(bijlage: IMG-20240315-WA0001.jpg)",
            ),
            (
                "\u{200e}nota kade.pdf (file attached)",
                "(bijlage: nota kade.pdf)",
            ),
            (
                "\u{200e}<bijgevoegd: 00000012-PHOTO-2024-03-15.jpg>",
                "(bijlage: 00000012-PHOTO-2024-03-15.jpg)",
            ),
            (
                "nota.pdf • 3 pagina's <attached: 00000013-nota.pdf>",
                "nota.pdf • 3 pagina's (bijlage: 00000013-nota.pdf)",
            ),
            (
                "Jan de Wit.vcf (bestand bijgevoegd)",
                "(bijlage: Jan de Wit.vcf) (contact)",
            ),
            ("PEILING:", "PEILING: (peiling)"),
            (
                "locatie: https://maps.google.com/?q=52.1,4.3",
                "locatie: https://maps.google.com/?q=52.1,4.3 (locatie)",
            ),
            (
                "\u{200e}Gemiste spraakoproep",
                "Gemiste spraakoproep (oproep)",
            ),
            ("Voice call, 3 min", "Voice call, 3 min (oproep)"),
            ("Video-oproep om drie uur?", "Video-oproep om drie uur?"),
            ("De bijlage is weggelaten", "De bijlage is weggelaten"),
            ("Zie de nota (bijgevoegd)", "Zie de nota (bijgevoegd)"),
            ("a < b > c", "a < b > c"),
        ] {
            assert_eq!(shown(line), expected, "{line}");
        }
    }

    #[test]
    fn notices_are_told_from_messages() {
        assert!(is_notice(
            "Berichten en oproepen zijn end-to-end versleuteld."
        ));
        assert!(is_notice("Jan heeft Piet toegevoegd"));
        assert!(is_notice("Jan left"));
        assert!(!is_notice("Dit bericht is verwijderd"));
        assert!(!is_notice("Ik ga naar huis"));
        assert_eq!(
            subject("Jan heeft het onderwerp gewijzigd van \"Kade\" naar “Kade Noord”").as_deref(),
            Some("Kade Noord")
        );
        assert_eq!(
            subject("Jan created group \"Kade\"").as_deref(),
            Some("Kade")
        );
        assert_eq!(subject("Jan heeft \"Piet\" toegevoegd"), None);
    }
}
