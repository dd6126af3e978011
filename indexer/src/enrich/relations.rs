//! What one document tells about how it belongs together with others: its place among mails, a key of its content,
//! a signature of its text. Never looks at another document.

use super::{Known, signature};
use crate::read::key;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use zv_shared::{ContentHash, GroupKey, MailLinks, Relations, message};

/// Formats of a mail.
const MAILS: [&str; 3] = ["eml", "msg", "tnef"];
/// What programs put before the subject of an answer or a forwarded mail, in Dutch, English, German, French and the
/// Scandinavian languages.
const PREFIXES: [&str; 14] = [
    "re", "fw", "fwd", "antw", "antwoord", "doorst", "betr", "aw", "wg", "tr", "sv", "vs", "vb",
    "rv",
];

/// Whether a document of this format is a mail, as far as that decides about threads and copies.
pub fn is_mail(format: &str) -> bool {
    MAILS.contains(&format)
}

/// The relations of a document with these bytes; `chat` tells that its text is one.
pub fn relations(known: &Known<'_>, content: Option<ContentHash>, chat: bool) -> Relations {
    let mail = is_mail(known.format).then(|| links(known));
    let bytes = content.map(|content| GroupKey(first_word(&content.0)));
    let signature = match chat {
        true => {
            let pages = known.text.split('\u{c}');
            signature::signature(pages.flat_map(message::messages).map(|(_, one)| one.text))
        }
        false => signature::signature(std::iter::once(known.text)),
    };
    Relations {
        same: mail
            .as_ref()
            .and_then(|mail| same_mail(known, mail))
            .or(bytes),
        thread: mail.as_ref().map(thread),
        signature,
        mail,
        ..Relations::default()
    }
}

fn values<'k>(known: &'k Known<'_>, name: &str) -> impl Iterator<Item = &'k str> {
    let found = known.properties.iter().filter(move |(key, _)| key == name);
    found.map(|(_, value)| value.trim())
}

fn links(known: &Known<'_>) -> MailLinks {
    let own = values(known, key::MESSAGE_ID).find(|id| !id.is_empty());
    let mut refers: Vec<u64> = Vec::new();
    let references = values(known, key::REFERENCES).flat_map(str::split_whitespace);
    for id in references.chain(values(known, key::IN_REPLY_TO)) {
        let id = message_id(id);
        if id != 0 && Some(id) != own.map(message_id) && !refers.contains(&id) {
            refers.push(id);
        }
    }
    let (subject, reply) = bare_subject(values(known, key::TITLE).next().unwrap_or_default());
    let mut people: Vec<String> = [key::FROM, key::TO, key::CC]
        .iter()
        .flat_map(|name| values(known, name))
        .map(address)
        .collect();
    people.sort_unstable();
    people.dedup();
    MailLinks {
        id: own.map(message_id),
        refers,
        subject: hash(
            [subject.as_str()]
                .into_iter()
                .chain(people.iter().map(String::as_str)),
        ),
        reply,
        attachments: known.attachments.to_vec(),
    }
}

/// The thread of a mail as far as it knows itself: the first mail that it refers to.
fn thread(mail: &MailLinks) -> GroupKey {
    let root = mail.refers.first().copied().or(mail.id);
    GroupKey(root.unwrap_or(mail.subject))
}

/// A key that is equal for the same mail in two mailboxes, whatever its bytes: sender, receivers, the minute of
/// sending (UTC), subject, words of the body and attachments. `None` for a mail that says too little of itself.
fn same_mail(known: &Known<'_>, mail: &MailLinks) -> Option<GroupKey> {
    let sent: Timestamp = values(known, key::SENT).find_map(|sent| sent.parse().ok())?;
    let minute = sent.as_second().div_euclid(60).to_string();
    let mut parts = vec![minute];
    for name in [key::FROM, key::TO, key::CC, key::BCC] {
        let mut people: Vec<String> = values(known, name).map(address).collect();
        people.sort_unstable();
        people.dedup();
        parts.push(people.join(","));
    }
    let subject = values(known, key::TITLE).next().unwrap_or_default();
    parts.push(
        subject
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase(),
    );
    let body = signature::word_hashes(known.text).fold(0_u64, |all, word| {
        all.rotate_left(5).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ word
    });
    parts.push(body.to_string());
    let mut attachments = mail.attachments.clone();
    attachments.sort_unstable();
    parts.extend(attachments.iter().map(u64::to_string));
    Some(GroupKey(hash(parts.iter().map(String::as_str))))
}

/// The address in `Naam <adres>`, or the name when there is none, in lower case.
fn address(person: &str) -> String {
    let inner = person
        .rsplit_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner
        .map_or(person, |(address, _)| address)
        .trim()
        .to_lowercase()
}

/// A hash of a Message-ID; 0 for an empty one.
fn message_id(id: &str) -> u64 {
    match id.trim().trim_start_matches('<').trim_end_matches('>') {
        "" => 0,
        id => hash([id].into_iter()),
    }
}

/// The subject without what an answer puts before it, in lower case, and whether there was anything.
fn bare_subject(subject: &str) -> (String, bool) {
    let mut rest = subject.trim();
    let mut reply = false;
    while let Some((prefix, after)) = rest.split_once(':') {
        // "RE[2]:" and "Re (3):" count, too.
        let word = prefix.split(['[', '(']).next().unwrap_or(prefix).trim();
        if !PREFIXES.contains(&word.to_lowercase().as_str()) {
            break;
        }
        reply = true;
        rest = after.trim_start();
    }
    let words: Vec<&str> = rest.split_whitespace().collect();
    (words.join(" ").to_lowercase(), reply)
}

/// A hash of a list of texts.
fn hash<'t>(parts: impl Iterator<Item = &'t str>) -> u64 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    first_word(&hasher.finalize())
}

/// The first 64 bits of a hash.
pub fn first_word(hash: &[u8]) -> u64 {
    hash.iter()
        .take(8)
        .fold(0, |all, &byte| all << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(properties: &[(&str, &str)], text: &str) -> Relations {
        let properties: Vec<(String, String)> = properties
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let known = Known {
            name: "a.eml",
            format: "eml",
            properties: &properties,
            text,
            mtime: None,
            attachments: &[],
        };
        relations(&known, Some(ContentHash([1; 32])), false)
    }

    #[test]
    fn an_answer_is_known_by_its_subject() {
        for (subject, bare, reply) in [
            ("Kadeherstel", "kadeherstel", false),
            ("RE: FW: Kadeherstel", "kadeherstel", true),
            ("Antw: Doorst:  Kade  herstel", "kade herstel", true),
            ("AW[2]: Kade", "kade", true),
            ("Let op: deadline", "let op: deadline", false),
            ("", "", false),
        ] {
            assert_eq!(bare_subject(subject), (bare.to_owned(), reply), "{subject}");
        }
    }

    #[test]
    fn the_same_mail_in_two_mailboxes_has_one_key_whatever_its_bytes() {
        let one = mail(
            &[
                (key::FROM, "Jan <JAN@voorbeeld.nl>"),
                (key::TO, "a@b.nl"),
                (key::TO, "c@d.nl"),
                (key::SENT, "2021-03-04T10:11:12+01:00"),
                (key::TITLE, "Kade"),
            ],
            "Dag allen,\n\nde kade  is klaar.",
        );
        let other = mail(
            &[
                (key::FROM, "jan@voorbeeld.nl"),
                (key::TO, "C <c@d.nl>"),
                (key::TO, "a@b.nl"),
                (key::SENT, "2021-03-04T09:11:40Z"),
                (key::TITLE, "kade"),
            ],
            "Dag allen, de kade is klaar",
        );
        assert!(one.same.is_some() && one.same == other.same);
        let later = mail(
            &[(key::SENT, "2021-03-04T09:12:00Z")],
            "Dag allen, de kade is klaar",
        );
        assert_ne!(one.same, later.same);
    }

    #[test]
    fn a_mail_names_the_first_of_its_thread() {
        let root = mail(&[(key::MESSAGE_ID, "een@x")], "a");
        let answer = mail(
            &[
                (key::MESSAGE_ID, "<drie@x>"),
                (key::REFERENCES, "een@x twee@x"),
                (key::IN_REPLY_TO, "<twee@x>"),
            ],
            "b",
        );
        assert_eq!(root.thread, answer.thread);
        assert_eq!(answer.mail.unwrap().refers.len(), 2);
    }
}
