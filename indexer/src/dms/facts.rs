//! What a description says, as properties: one form for all layouts. Never decides what is done with it.

use crate::read::key as known;
use jiff::civil::{Date, DateTime};
use jiff::{Span, Timestamp};
use zv_shared::PartialDate;

/// Names of the properties by which the fields of a document are set. All others are kept as they are.
pub mod key {
    /// Which layout.
    pub const LAYOUT: &str = "beschrijving";
    /// The level in the archive, such as `Dossier`.
    pub const LEVEL: &str = "aggregatieniveau";
    /// What the archive calls it; may come several times.
    pub const IDENTITY: &str = "identificatie";
    /// The date that the document has according to the export.
    pub const DATE: &str = "documentdatum";
    /// The dossier that it is in.
    pub const DOSSIER: &str = "dossier";
    /// Who may use it; may come several times.
    pub const RESTRICTION: &str = "beperking gebruik";
    /// Whether it is kept.
    pub const APPRAISAL: &str = "waardering";
    /// Until when it is kept.
    pub const KEPT_UNTIL: &str = "bewaren tot";
    /// How secret it is.
    pub const SECRECY: &str = "rubricering volgens export";
    /// The name of the file that it is about.
    pub const FILE: &str = "bestandsnaam volgens export";
    /// Algorithm and value; may come several times.
    pub const CHECKSUM: &str = "checksum";
    /// Where it can be found on the web.
    pub const ADDRESS: &str = "adres";
    /// The title of what the file shows.
    pub const SHOWS: &str = "representatie van";
}

/// Keys and values in the order found; a value is never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// As a reader gives them.
    pub properties: Vec<(String, String)>,
}

impl Facts {
    /// Of this layout, nothing known yet.
    pub fn new(layout: &str) -> Facts {
        Facts {
            properties: vec![(key::LAYOUT.to_owned(), layout.to_owned())],
        }
    }

    /// Adds a value, unless it is empty.
    pub fn add(&mut self, key: &str, value: &str) {
        let value = value.trim();
        if !value.is_empty() {
            self.properties.push((key.to_owned(), value.to_owned()));
        }
    }

    /// The same of what may not be there.
    pub fn maybe(&mut self, key: &str, value: Option<&str>) {
        self.add(key, value.unwrap_or_default());
    }

    /// Values that say one thing together.
    pub fn joined<'v>(&mut self, key: &str, parts: impl IntoIterator<Item = Option<&'v str>>) {
        let parts = parts.into_iter().flatten().map(str::trim);
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        self.add(key, &parts.join(", "));
    }

    /// Somebody who took part, in this role.
    pub fn person(&mut self, name: Option<&str>, role: Option<&str>) {
        self.maybe(known::PARTICIPANT, name);
        if let (Some(name), Some(role)) = (name, role) {
            self.add("betrokkene", &format!("{} ({})", name.trim(), role.trim()));
        }
    }

    /// What archives do with it: the letter of MDTO where that is meant.
    pub fn appraisal(&mut self, code: Option<&str>, label: Option<&str>) {
        let letter = |text: &str| {
            let text = text.trim().to_lowercase();
            match text.as_str() {
                "b" | "v" | "n" => Some(text.to_uppercase()),
                _ if text.contains("blijvend") => Some("B".to_owned()),
                _ if text.contains("tijdelijk") || text.contains("vernietig") => {
                    Some("V".to_owned())
                }
                _ if text.contains("nader te bepalen") => Some("N".to_owned()),
                _ => None,
            }
        };
        let found = code.and_then(letter).or_else(|| label.and_then(letter));
        let found = found.or_else(|| code.or(label).map(str::to_owned));
        self.maybe(key::APPRAISAL, found.as_deref());
    }

    /// Until when it is kept: an end, else a start and how long.
    pub fn kept_until(&mut self, end: Option<&str>, start: Option<&str>, length: Option<&str>) {
        let end = end.and_then(date);
        let end = end.or_else(|| after(start?, length?));
        if let Some(end) = end {
            self.add(key::KEPT_UNTIL, &end.to_string());
        }
    }

    /// A checksum.
    pub fn checksum(&mut self, algorithm: Option<&str>, value: Option<&str>) {
        if let (Some(algorithm), Some(value)) = (algorithm, value) {
            self.add(key::CHECKSUM, &format!("{algorithm} {value}"));
        }
    }

    /// The date of the document: of the first of these kinds of event that has a date.
    pub fn dated(&mut self, kinds: &[&str], events: &[(String, String)]) {
        let of_kind = |kind: &&str| {
            let mut all = events.iter().filter(|event| {
                let name = event.0.trim();
                name.eq_ignore_ascii_case(kind)
            });
            all.find_map(|(_, at)| date(at))
        };
        if let Some(found) = kinds.iter().find_map(of_kind) {
            self.add(key::DATE, &found.to_string());
        }
    }

    /// The first value of a key.
    pub fn first(&self, key: &str) -> Option<&str> {
        let mut all = self.properties.iter().filter(|(known, _)| known == key);
        all.next().map(|(_, value)| value.as_str())
    }
}

/// The kinds of event that date a document, the first of which counts.
pub const DATING: [&str; 6] = [
    "Verzending",
    "Ontvangst",
    "Creatie",
    "Verzonden",
    "Ontvangen",
    "Vaststelling",
];

/// A date as archives write it: a year, a month, a day, or a moment with or without a zone.
pub fn date(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(PartialDate::from_timestamp(moment));
    }
    let moment = || Some(text.parse::<DateTime>().ok()?.date().into());
    PartialDate::parse(text)
        .or_else(moment)
        // A day of XML may have a zone: `2010-04-12Z`, `2010-04-12+01:00`.
        .or_else(|| PartialDate::parse(text.get(..10)?))
}

/// A term (`P75Y`) after a date. Of a year only the year is known, and so it is of the end.
fn after(start: &str, length: &str) -> Option<PartialDate> {
    let start = date(start)?;
    let span: Span = length.trim().parse().ok()?;
    let text = start.to_string();
    let whole = match text.len() {
        4 => format!("{text}-12-31"),
        7 => format!("{text}-28"),
        _ => text.clone(),
    };
    let end = whole.parse::<Date>().ok()?.checked_add(span).ok()?;
    let end = PartialDate::from(end).to_string();
    PartialDate::parse(end.get(..text.len())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_of_archives_are_years_months_days_and_moments() {
        for (text, meant) in [
            ("2010", "2010"),
            ("2010-04", "2010-04"),
            (" 2010-04-12 ", "2010-04-12"),
            ("2010-04-12T14:20:00", "2010-04-12"),
            // On the calendar of here it is the next day.
            ("2010-04-12T23:20:00Z", "2010-04-13"),
            ("2010-04-12+01:00", "2010-04-12"),
            ("1951-01-02", "1951-01-02"),
        ] {
            let found = date(text).map(|date| date.to_string());
            assert_eq!(found.as_deref(), Some(meant), "{text}");
        }
        assert_eq!(date("onbekend"), None);
        assert_eq!(date("12-04-2010"), None);
    }

    #[test]
    fn a_term_counts_from_its_start() {
        let until = |start: &str, length: &str| {
            let mut facts = Facts::new("x");
            facts.kept_until(None, Some(start), Some(length));
            facts.first(key::KEPT_UNTIL).map(str::to_owned)
        };
        assert_eq!(until("2011-11-05", "P75Y").as_deref(), Some("2086-11-05"));
        assert_eq!(until("2011", "P5Y").as_deref(), Some("2016"));
        assert_eq!(until("2011-02", "P1Y6M").as_deref(), Some("2012-08"));
        assert_eq!(until("2011", "vijf jaar"), None);
    }

    #[test]
    fn appraisals_have_one_letter_however_they_are_written() {
        let of = |code: Option<&str>, label: Option<&str>| {
            let mut facts = Facts::new("x");
            facts.appraisal(code, label);
            facts.first(key::APPRAISAL).map(str::to_owned)
        };
        assert_eq!(of(Some("v"), None).as_deref(), Some("V"));
        assert_eq!(
            of(None, Some(" Blijvend te bewaren ")).as_deref(),
            Some("B")
        );
        assert_eq!(of(None, Some("Te vernietigen")).as_deref(), Some("V"));
        assert_eq!(of(Some("11.2"), Some("anders")).as_deref(), Some("11.2"));
        assert_eq!(of(None, None), None);
    }

    proptest! {
        #[test]
        fn no_date_panics(text in "\\PC{0,30}", start in "[0-9-]{0,11}", length in "P?[0-9]{0,20}[YMD]?") {
            let _date = date(&text);
            let _end = after(&start, &length);
        }
    }
}
