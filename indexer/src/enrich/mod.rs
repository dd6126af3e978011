//! From what a reader found to the fields of a document: title, people, dates, language, documentsoort. Pure
//! functions; never reads a file and never changes the text.

mod custodian;
mod dates;
mod ending;
mod kind;
mod relations;
mod signature;

use crate::dms;
use crate::read::key;
use jiff::Timestamp;
use zv_shared::{Dates, PartialDate};

pub use custodian::custodian;
pub use relations::{first_word, is_mail, relations};
pub use signature::word_hashes;

/// Raised whenever this folder makes other fields of the same properties and text.
pub const ENRICH_VERSION: u32 = 3;
/// Bytes of text from which the language is recognised: more does not make it surer.
const LANGUAGE_BYTES: usize = 4000;

/// What is known of a document before enrichment.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Its name without folders.
    pub name: &'a str,
    /// Its recognised format.
    pub format: &'a str,
    /// What the reader found.
    pub properties: &'a [(String, String)],
    /// Its text.
    pub text: &'a str,
    /// Modification time of its file in nanoseconds since 1970, when known.
    pub mtime: Option<i64>,
    /// Of a mail: hashes of its attachments.
    pub attachments: &'a [u64],
}

/// The fields of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    /// Never empty.
    pub title: String,
    /// Documentsoort.
    pub kind: &'static str,
    /// Authors.
    pub authors: Vec<String>,
    /// Senders.
    pub from: Vec<String>,
    /// Receivers, all kinds.
    pub to: Vec<String>,
    /// Everybody who took part.
    pub people: Vec<String>,
    /// Of a chat: the days with messages.
    pub days: Vec<PartialDate>,
    /// Dates.
    pub dates: Dates,
    /// ISO 639-1 code.
    pub language: Option<String>,
    /// What became no other field.
    pub metadata: Vec<(String, String)>,
}

/// The fields that follow from `known`.
pub fn enrich(known: &Known<'_>) -> Fields {
    let mut fields = Fields {
        title: String::new(),
        kind: "",
        authors: Vec::new(),
        from: Vec::new(),
        to: Vec::new(),
        people: Vec::new(),
        days: Vec::new(),
        dates: dates(known),
        language: language(known.text),
        metadata: Vec::new(),
    };
    for (name, value) in known.properties {
        let value = value.trim();
        match name.as_str() {
            _ if value.is_empty() => {}
            key::TITLE if fields.title.is_empty() => fields.title = value.to_owned(),
            key::AUTHOR => fields.authors.push(value.to_owned()),
            key::FROM => fields.from.push(value.to_owned()),
            key::TO => fields.to.push(value.to_owned()),
            key::CC | key::BCC => {
                fields.to.push(value.to_owned());
                fields.metadata.push((name.clone(), value.to_owned()));
            }
            key::SENT if fields.dates.sent.is_some() => {}
            key::PARTICIPANT => fields.people.push(value.to_owned()),
            key::DAYS => {
                let days = value.split_whitespace().filter_map(PartialDate::parse);
                fields.days.extend(days);
            }
            _ => fields.metadata.push((name.clone(), value.to_owned())),
        }
    }
    if fields.title.is_empty() {
        fields.title = title_from_name(known.name);
    }
    let others = [&fields.from, &fields.to, &fields.authors];
    let others: Vec<String> = others.into_iter().flatten().cloned().collect();
    fields.people.extend(others);
    fields.people.sort_unstable();
    fields.people.dedup();
    fields.days.sort_unstable();
    fields.days.dedup();
    if let Some(&first) = fields.days.first() {
        // Its messages were sent: a period asks for their days.
        fields.dates.sent.get_or_insert(first);
    }
    if let Some(ending) = ending::wrong(known.name, known.format) {
        let told = format!("eindigt op .{ending}, maar de inhoud is {}", known.format);
        fields.metadata.push(("bestandsnaam".to_owned(), told));
    }
    fields.kind = kind::kind(known.format, &fields.title, known.name, known.text);
    fields
}

/// The title of a document that has none: its name without the ending.
pub fn title_from_name(name: &str) -> String {
    let stem = match name.rsplit_once('.') {
        Some((stem, ending)) if (1..=5).contains(&ending.len()) => stem,
        _ => name,
    };
    let title = if stem.trim().is_empty() { name } else { stem };
    match title.trim() {
        "" => "(zonder naam)".to_owned(),
        title => title.to_owned(),
    }
}

fn dates(known: &Known<'_>) -> Dates {
    let property = |wanted: &str| {
        let mut all = known.properties.iter().filter(|(name, _)| name == wanted);
        all.find_map(|(_, value)| dates::moment(value))
    };
    let sent = property(key::SENT);
    let exported = || {
        let mut all = known
            .properties
            .iter()
            .filter(|(name, _)| name == dms::key::DATE);
        // What an archive says is older than 1980 is so.
        all.find_map(|(_, value)| dms::date(value))
    };
    let own = || property(key::MODIFIED).or_else(|| property(key::CREATED));
    let metadata = exported().or_else(|| own().map(|(date, _)| date));
    let instant = |nanoseconds: i64| Timestamp::from_nanosecond(i128::from(nanoseconds)).ok();
    let changed = known.mtime.and_then(instant);
    Dates {
        sent: sent.map(|(date, _)| date),
        document: dates::document(metadata, known.name, known.text),
        changed: changed.map(PartialDate::from_timestamp),
        sent_at: sent.and_then(|(_, instant)| instant),
    }
}

fn language(text: &str) -> Option<String> {
    let start = &text[..text.floor_char_boundary(LANGUAGE_BYTES)];
    zv_analyzers::detect_language(start).map(|language| language.code().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enriched(name: &str, format: &str, properties: &[(&str, &str)], text: &str) -> Fields {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let properties: Vec<_> = properties.iter().map(own).collect();
        enrich(&Known {
            name,
            format,
            properties: &properties,
            text,
            attachments: &[],
            mtime: Some(1_625_000_000_000_000_000),
        })
    }

    #[test]
    fn a_mail_gets_its_people_and_its_moment() {
        let properties = [
            ("titel", "Overleg stikstof"),
            ("van", "Jan Jansen <jan@example.nl>"),
            ("aan", "a@example.nl"),
            ("cc", "b@example.nl"),
            ("bcc", "c@example.nl"),
            ("verzonden", "2021-06-30T23:30:00Z"),
            ("message-id", "x@y"),
        ];
        let fields = enriched("1.eml", "eml", &properties, "Beste allen");
        assert_eq!(fields.title, "Overleg stikstof");
        assert_eq!(fields.kind, "e-mail");
        assert_eq!(fields.to, ["a@example.nl", "b@example.nl", "c@example.nl"]);
        assert_eq!(fields.dates.sent.unwrap().to_string(), "2021-07-01");
        assert_eq!(
            fields.dates.sent_at.unwrap().to_string(),
            "2021-06-30T23:30:00Z"
        );
        let told = [
            ("cc", "b@example.nl"),
            ("bcc", "c@example.nl"),
            ("message-id", "x@y"),
        ];
        assert_eq!(
            fields.metadata,
            told.map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
        assert_eq!(fields.dates.changed.unwrap().to_string(), "2021-06-29");
    }

    #[test]
    fn an_unclear_moment_of_sending_is_kept_as_it_is() {
        let fields = enriched("1.eml", "eml", &[("verzonden", "gisteren")], "");
        assert_eq!(fields.dates.sent, None);
        assert_eq!(
            fields.metadata,
            [("verzonden".to_owned(), "gisteren".to_owned())]
        );
    }

    #[test]
    fn a_document_without_a_title_is_called_after_its_file() {
        for (name, title) in [
            ("nota stikstof.docx", "nota stikstof"),
            ("art. 5 lid 2 besluit", "art. 5 lid 2 besluit"),
            (".verborgen", ".verborgen"),
            ("", "(zonder naam)"),
            (" ", "(zonder naam)"),
        ] {
            assert_eq!(enriched(name, "txt", &[("titel", " ")], "").title, title);
        }
    }
}
