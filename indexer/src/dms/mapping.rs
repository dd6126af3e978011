//! The list that comes with an export, and what its columns mean: a mapping that is kept with the source. Owns how values
//! are understood: Dutch dates, paths of Windows, numbers with points. Never reads a list.

use super::facts::{Facts, date, key};
use crate::read::key as known;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use zv_shared::PartialDate;

/// Characters of a name in a mapping.
const LONGEST: usize = 1000;
/// Columns in a mapping.
const MOST: usize = 2000;

macro_rules! names {
    ($type:ident, $($variant:ident, $name:literal, $label:literal;)*) => {
        impl $type {
            /// All of them, in the order in which they are shown.
            pub const ALL: &'static [$type] = &[$($type::$variant,)*];

            /// The name in rules and in the API.
            pub fn name(self) -> &'static str {
                match self { $($type::$variant => $name,)* }
            }

            /// As it is shown.
            pub fn label(self) -> &'static str {
                match self { $($type::$variant => $label,)* }
            }

            /// The one with this name.
            pub fn named(name: &str) -> Option<$type> {
                Self::ALL.iter().copied().find(|known| known.name() == name)
            }
        }
    };
}

/// The form of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vorm {
    /// Text with a separator.
    #[default]
    Csv,
    /// A workbook; its first sheet.
    Xlsx,
    /// A load file of e-discovery (Concordance).
    Dat,
    /// A dump of CMIS objects in JSON.
    Cmis,
    /// A sitemap with DiWoo, or a list of sitemaps.
    Diwoo,
}
names!(Vorm,
    Csv, "csv", "CSV (tekst met scheidingstekens)";
    Xlsx, "xlsx", "Excel (XLSX)";
    Dat, "dat", "Load file van e-discovery (DAT)";
    Cmis, "cmis", "CMIS (JSON)";
    Diwoo, "diwoo", "Sitemap van openbare documenten (DiWoo)";
);

impl Vorm {
    /// Whether it says itself where a path stands.
    fn knows_paths(self) -> bool {
        matches!(self, Vorm::Cmis | Vorm::Diwoo)
    }
}

/// How the characters of a list are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Codering {
    /// UTF-8, with or without a byte order mark.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1252.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// UTF-16, the low byte first.
    #[serde(rename = "utf-16le")]
    Utf16,
}
names!(Codering,
    Utf8, "utf-8", "UTF-8";
    Windows1252, "windows-1252", "Windows-1252";
    Utf16, "utf-16le", "UTF-16 (LE)";
);

/// What a column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Veld {
    /// Kept under its own name.
    Gegeven,
    /// Title.
    Titel,
    /// The date of the document.
    Documentdatum,
    /// When it was sent.
    Verzonden,
    /// Author.
    Auteur,
    /// Sender.
    Van,
    /// Receiver.
    Aan,
    /// Somebody else.
    Betrokkene,
    /// The dossier.
    Dossier,
    /// Who may use it.
    Beperking,
    /// Whether it is kept.
    Waardering,
    /// Until when.
    BewarenTot,
    /// How secret it is.
    Rubricering,
    /// What it is called in the archive.
    Kenmerk,
    /// Its checksum in hexadecimal digits.
    Checksum,
    /// Its size in bytes.
    Omvang,
    /// Which version it is.
    Versie,
    /// Keywords.
    Trefwoorden,
    /// Description.
    Omschrijving,
    /// Left out.
    Niets,
}
names!(Veld,
    Gegeven, "gegeven", "gegeven met eigen naam";
    Titel, "titel", "titel";
    Documentdatum, "documentdatum", "datum van het document";
    Verzonden, "verzonden", "verzonden op";
    Auteur, "auteur", "auteur";
    Van, "van", "afzender";
    Aan, "aan", "ontvanger";
    Betrokkene, "betrokkene", "betrokkene";
    Dossier, "dossier", "dossier";
    Beperking, "beperking", "beperking van het gebruik";
    Waardering, "waardering", "waardering (B, V of N)";
    BewarenTot, "bewaren-tot", "bewaren tot";
    Rubricering, "rubricering", "rubricering";
    Kenmerk, "kenmerk", "kenmerk";
    Checksum, "checksum", "checksum";
    Omvang, "omvang", "omvang in bytes";
    Versie, "versie", "versie";
    Trefwoorden, "trefwoorden", "trefwoorden";
    Omschrijving, "omschrijving", "omschrijving";
    Niets, "niets", "niet gebruiken";
);

/// The list of an export, and what its columns mean.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Koppeling {
    /// Where the list lies in the source.
    pub lijst: String,
    /// Its form.
    pub vorm: Vorm,
    /// What stands between the cells of a CSV; without this what stands most in its first line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub scheiding: String,
    /// How its characters are written; without this as its bytes tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codering: Option<Codering>,
    /// The column with the path of the file.
    pub pad: String,
    /// What a path begins with before it is relative to the folder of the list, such as `\\server\deel`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub voorvoegsel: String,
    /// What each column means; a column that is not named is kept under its own name.
    pub velden: BTreeMap<String, Veld>,
}

/// A row as it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Which row of the list it is, the header being the first.
    pub nr: u64,
    /// The path of its file, from the folder of the list.
    pub pad: String,
    /// What it says, as properties.
    pub velden: Vec<(String, String)>,
    /// The cells as they stand there; only when a preview was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cellen: Vec<String>,
}

/// What is asked of a reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The mapping.
    pub koppeling: Koppeling,
    /// Only so many rows, with their cells.
    pub voorbeeld: Option<u64>,
}

impl Koppeling {
    /// What is wrong with it, in Dutch.
    pub fn wrong(&self) -> Option<String> {
        let path = &self.lijst;
        let outside = path.split('/').any(|part| matches!(part, "" | "." | ".."));
        let long = |text: &String| text.chars().count() > LONGEST;
        let texts = [&self.pad, &self.voorvoegsel, &self.scheiding, &self.lijst];
        let separators = [";", ",", "\t", "|"];
        match () {
            () if outside => Some(format!("{path:?} is geen pad van een lijst binnen de bron")),
            () if self.pad.trim().is_empty() && !self.vorm.knows_paths() => {
                Some("er is niet gekozen in welke kolom het pad van het bestand staat".to_owned())
            }
            () if !self.scheiding.is_empty() && !separators.contains(&self.scheiding.as_str()) => {
                Some("een scheidingsteken is een puntkomma, komma, tab of |".to_owned())
            }
            () if self.velden.len() > MOST
                || self.velden.keys().any(long)
                || texts.into_iter().any(long) =>
            {
                Some(format!(
                    "een koppeling kent hoogstens {MOST} kolommen, met namen van hoogstens {LONGEST} tekens"
                ))
            }
            () => None,
        }
    }

    /// Which column has the path; `None` when no column does.
    pub fn path_column(&self, header: &[String]) -> Option<usize> {
        let is = |wanted: &str| header.iter().position(|name| same(name, wanted));
        match self.pad.trim() {
            "" => PATHS.iter().find_map(|name| is(name)),
            wanted => is(wanted),
        }
    }

    /// What a column means.
    pub fn veld(&self, column: &str) -> Veld {
        let named = self.velden.iter().find(|(name, _)| same(name, column));
        match (named, self.velden.is_empty()) {
            (Some((_, veld)), _) => *veld,
            // Without a mapping the usual names count.
            (None, true) => usual(column),
            (None, false) => Veld::Gegeven,
        }
    }

    /// A path as the export writes it, from the folder of the list.
    pub fn path(&self, raw: &str) -> String {
        let slashed = |text: &str| text.trim().replace('\\', "/");
        let path = slashed(raw);
        let prefix = slashed(&self.voorvoegsel);
        let prefix = prefix.trim_end_matches('/');
        let cut = path
            .get(..prefix.len())
            .filter(|start| !prefix.is_empty() && start.to_lowercase() == prefix.to_lowercase());
        let rest = match cut {
            Some(start) => &path[start.len()..],
            None => &path,
        };
        let parts = rest.split('/').filter(|part| !matches!(*part, "" | "."));
        parts.collect::<Vec<_>>().join("/")
    }

    /// A row of cells; `None` when it names no file.
    pub fn row(&self, nr: u64, header: &[String], cells: &[String]) -> Option<Row> {
        let at = self.path_column(header)?;
        let pad = self.path(cells.get(at)?);
        if pad.is_empty() {
            return None;
        }
        let mut facts = Facts::new("lijst");
        for (column, value) in header.iter().zip(cells) {
            let value = value.trim();
            let is_path = same(column, &header[at]);
            if !value.is_empty() && !is_path {
                set(&mut facts, self.veld(column), column.trim(), value);
            }
        }
        Some(Row {
            nr,
            pad,
            velden: facts.properties,
            cellen: Vec::new(),
        })
    }

    /// The same mapping with a meaning for each column that has a usual name.
    pub fn suggested(mut self, header: &[String]) -> Koppeling {
        if self.vorm == Vorm::Diwoo {
            return self;
        }
        let usually = || Koppeling::default().path_column(header);
        let found = self.path_column(header).or_else(usually);
        self.pad = found.map(|at| header[at].clone()).unwrap_or_default();
        if self.velden.is_empty() {
            let meant = header
                .iter()
                .map(|name| (name.trim().to_owned(), usual(name)));
            self.velden = meant.collect();
        }
        self
    }
}

fn same(name: &str, other: &str) -> bool {
    name.trim().to_lowercase() == other.trim().to_lowercase()
}

/// Names of columns with a path, the surest first.
const PATHS: [&str; 16] = [
    "nativepath",
    "native path",
    "nativelink",
    "native_file",
    "filepath",
    "file path",
    "bestandspad",
    "relatief pad",
    "pad",
    "path",
    "cmis:path",
    "locatie",
    "bestandsnaam",
    "cmis:contentstreamfilename",
    "filename",
    "bestand",
];

/// What a column with this name usually means.
fn usual(column: &str) -> Veld {
    match column.trim().to_lowercase().as_str() {
        "titel" | "title" | "onderwerp" | "subject" | "naam" | "cmis:name" | "documenttitel" => {
            Veld::Titel
        }
        "datum" | "documentdatum" | "date" | "docdate" | "datum document" | "cmis:creationdate"
        | "gemaakt" | "created" => Veld::Documentdatum,
        "datesent" | "sentdate" | "sent date" | "verzonden" | "verzenddatum" => Veld::Verzonden,
        "auteur" | "author" | "opsteller" | "gemaakt door" | "cmis:createdby" => Veld::Auteur,
        "from" | "van" | "afzender" => Veld::Van,
        "to" | "cc" | "bcc" | "aan" | "geadresseerde" | "ontvanger" => Veld::Aan,
        "behandelaar" | "betrokkene" | "custodian" | "cmis:lastmodifiedby" => Veld::Betrokkene,
        "dossier" | "zaak" | "dossiernaam" | "zaaknaam" => Veld::Dossier,
        "beperking" | "openbaarheid" | "beperkinggebruik" | "vertrouwelijkheid" => Veld::Beperking,
        "waardering" => Veld::Waardering,
        "bewaren tot" | "vernietigingsdatum" | "bewaartermijn einde" => Veld::BewarenTot,
        "rubricering" => Veld::Rubricering,
        "docid" | "doc id" | "begdoc" | "begbates" | "control number" | "documentnummer"
        | "kenmerk" | "identificatie" | "cmis:objectid" => Veld::Kenmerk,
        "sha256" | "sha256hash" | "sha-256" | "checksum" | "hash" => Veld::Checksum,
        "filesize" | "file size" | "omvang" | "grootte" | "cmis:contentstreamlength" => {
            Veld::Omvang
        }
        "versie" | "version" | "cmis:versionlabel" => Veld::Versie,
        "trefwoorden" | "keywords" => Veld::Trefwoorden,
        "omschrijving" | "description" | "cmis:description" => Veld::Omschrijving,
        _ => Veld::Gegeven,
    }
}

/// Adds a value that means this. What cannot be understood is kept under the name of its column.
fn set(facts: &mut Facts, veld: Veld, column: &str, value: &str) {
    let each = |facts: &mut Facts, key: &str| {
        value.split(';').for_each(|one| facts.add(key, one));
    };
    match veld {
        Veld::Niets => {}
        Veld::Gegeven => facts.add(column, value),
        Veld::Titel => facts.add(known::TITLE, value),
        Veld::Auteur => each(facts, known::AUTHOR),
        Veld::Van => each(facts, known::FROM),
        Veld::Aan => each(facts, known::TO),
        Veld::Betrokkene => value
            .split(';')
            .for_each(|name| facts.person(Some(name), Some(column))),
        Veld::Dossier => facts.add(key::DOSSIER, value),
        Veld::Beperking => each(facts, key::RESTRICTION),
        Veld::Waardering => facts.appraisal(Some(value), None),
        Veld::Rubricering => facts.add(key::SECRECY, value),
        Veld::Kenmerk => facts.add(key::IDENTITY, value),
        Veld::Versie => facts.add("versie", value),
        Veld::Trefwoorden => each(facts, known::KEYWORDS),
        Veld::Omschrijving => facts.add(known::DESCRIPTION, value),
        Veld::Documentdatum | Veld::BewarenTot | Veld::Verzonden => {
            let key = match veld {
                Veld::Documentdatum => key::DATE,
                Veld::BewarenTot => key::KEPT_UNTIL,
                _ => known::SENT,
            };
            let exact = veld == Veld::Verzonden && value.parse::<Timestamp>().is_ok();
            match written_date(value) {
                _ if exact => facts.add(key, value),
                Some(found) => facts.add(key, &found.to_string()),
                None => facts.add(column, value),
            }
        }
        Veld::Checksum => {
            let kind = match value.len() {
                32 => "MD5",
                40 => "SHA-1",
                56 => "SHA-224",
                96 => "SHA-384",
                128 => "SHA-512",
                _ => "SHA-256",
            };
            facts.checksum(Some(kind), Some(value));
        }
        Veld::Omvang => match whole_number(value) {
            Some(number) => facts.add("omvang volgens export", &number.to_string()),
            None => facts.add(column, value),
        },
    }
}

/// `12.345`, `12 345` and `12345,00` are whole numbers.
fn whole_number(text: &str) -> Option<u64> {
    let (whole, rest) = text.split_once(',').unwrap_or((text, ""));
    if !rest.bytes().all(|byte| byte == b'0') {
        return None;
    }
    let digits = whole.chars().filter(|c| !matches!(c, '.' | ' ' | '\u{a0}'));
    digits.collect::<String>().parse().ok()
}

/// A date as lists write it: `31-12-2023`, `31/12/2023 10:20`, `20231231`, as archives do, or milliseconds since 1970.
pub fn written_date(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits && text.len() == 8 {
        let parts = [&text[..4], &text[4..6], &text[6..]].join("-");
        return PartialDate::parse(&parts);
    }
    if digits && (11..=14).contains(&text.len()) {
        let moment = Timestamp::from_millisecond(text.parse().ok()?).ok()?;
        return Some(PartialDate::from_timestamp(moment));
    }
    date(text).or_else(|| {
        let day = text.split([' ', 'T', ',']).next()?;
        let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
        let [first, second, year] = parts.as_slice() else {
            return None;
        };
        let sound = |part: &str, most| (1..=most).contains(&part.len());
        if year.len() != 4 || !sound(first, 2) || !sound(second, 2) {
            return None;
        }
        let (first, second): (i8, i8) = (first.parse().ok()?, second.parse().ok()?);
        let year: i16 = year.parse().ok()?;
        // Month before day, as programs from elsewhere write it, only where it cannot be otherwise.
        let found = Date::new(year, second, first).or_else(|_| Date::new(year, first, second));
        Some(found.ok()?.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn strings(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn paths_of_windows_and_of_a_share_become_paths_of_here() {
        let of = |prefix: &str, raw: &str| {
            let koppeling = Koppeling {
                voorvoegsel: prefix.into(),
                ..Koppeling::default()
            };
            koppeling.path(raw)
        };
        assert_eq!(of("", r".\Stukken\nota.pdf"), "Stukken/nota.pdf");
        assert_eq!(of(r"\\Server\Deel\", r"\\server\deel\a\b.pdf"), "a/b.pdf");
        assert_eq!(of("export/", "/a.pdf"), "a.pdf");
        assert_eq!(of("é", "a"), "a");
    }

    #[test]
    fn dates_are_read_as_people_here_write_them() {
        for (text, meant) in [
            ("31-12-2023", "2023-12-31"),
            ("1/2/2023 10:20", "2023-02-01"),
            ("12/31/2023", "2023-12-31"),
            ("20231231", "2023-12-31"),
            ("1700000000000", "2023-11-14"),
            ("2023", "2023"),
            ("2023-12-31T10:00:00Z", "2023-12-31"),
        ] {
            let found = written_date(text).map(|date| date.to_string());
            assert_eq!(found.as_deref(), Some(meant), "{text}");
        }
        for text in ["31-31-2023", "12-23", "gisteren", "1-1-23", ""] {
            assert_eq!(written_date(text), None, "{text}");
        }
    }

    #[test]
    fn a_row_becomes_properties_and_nothing_of_it_is_lost() {
        let koppeling = Koppeling {
            pad: "Bestand".into(),
            velden: [
                ("Onderwerp", Veld::Titel),
                ("datum", Veld::Documentdatum),
                ("Bytes", Veld::Omvang),
                ("geheim", Veld::Niets),
            ]
            .map(|(name, veld)| (name.to_owned(), veld))
            .into(),
            ..Koppeling::default()
        };
        let header = strings(&[
            "BESTAND",
            "onderwerp",
            "Datum",
            "bytes",
            "Zaaktype",
            "Geheim",
        ]);
        let cells = strings(&["a\\b.pdf", "Nota", "3-4-2020", "1.234,00", "Woo", "x"]);
        let row = koppeling.row(2, &header, &cells).unwrap();
        assert_eq!(row.pad, "a/b.pdf");
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            row.velden[1..],
            [
                pair(known::TITLE, "Nota"),
                pair(key::DATE, "2020-04-03"),
                pair("omvang volgens export", "1234"),
                pair("Zaaktype", "Woo"),
            ]
        );
        let odd = strings(&["c.pdf", "", "ooit"]);
        let row = koppeling.row(3, &header, &odd).unwrap();
        assert_eq!(row.velden[1..], [pair("Datum", "ooit")]);
        assert_eq!(koppeling.row(4, &header, &strings(&[" "])), None);
    }

    #[test]
    fn usual_names_are_suggested_and_a_wrong_mapping_is_told() {
        let header = strings(&["DOCID", "NATIVEPATH", "SUBJECT", "Anders"]);
        let koppeling = Koppeling::default().suggested(&header);
        assert_eq!(koppeling.pad, "NATIVEPATH");
        assert_eq!(koppeling.velden["SUBJECT"], Veld::Titel);
        assert_eq!(koppeling.velden["Anders"], Veld::Gegeven);
        assert!(koppeling.wrong().is_some(), "no list");
        let whole = Koppeling {
            lijst: "export/lijst.csv".into(),
            ..koppeling
        };
        assert_eq!(whole.wrong(), None);
        for lijst in ["../lijst.csv", "/etc/passwd", "a//b"] {
            let lijst = lijst.to_owned();
            assert!(
                Koppeling {
                    lijst,
                    ..whole.clone()
                }
                .wrong()
                .is_some()
            );
        }
    }

    proptest! {
        #[test]
        fn no_cell_panics(cell in "\\PC{0,40}", prefix in "\\PC{0,9}") {
            let header = strings(&["pad", "datum", "omvang", "aan"]);
            let koppeling = Koppeling { voorvoegsel: prefix, ..Koppeling::default() };
            let _row = koppeling.row(1, &header, &vec![cell.clone(); 4]);
            let _date = written_date(&cell);
        }
    }
}
