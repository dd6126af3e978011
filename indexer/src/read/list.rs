//! Lists that come with an export (CSV, XLSX, DAT, CMIS, sitemaps), row by row: each row that names a file becomes a line of JSON in the
//! one child of the list. Never looks for the files.

use serde_json::Value;
use std::collections::HashMap;

use super::encoding::{self, Failure};
use super::key as known;
use super::tokens::Fault;
use super::xlsx::rows::rows;
use super::{Input, Limits, Outcome, Output, Reason, Stop};
use crate::dms::tree::{self, Node};
use crate::dms::{Asked, Codering, Koppeling, Vorm, diwoo, first, key as facts_key};
use encoding_rs::{Encoding, UTF_8, UTF_16LE, WINDOWS_1252};

/// Larger lists of text are not taken into memory.
const IN_MEMORY: u64 = 256 << 20;
/// The name of the child with the rows.
pub const ROWS: &str = "rijen";
/// What stands between cells of a load file, and around each of them, instead of U+00FE.
const LOAD_FILE: (u8, char) = (0x14, '\u{1}');

/// Why a list ended early.
enum Ended {
    Stop(Stop),
    Reason(Reason),
}

impl From<Stop> for Ended {
    fn from(stop: Stop) -> Self {
        Ended::Stop(stop)
    }
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Stop(stop) => Ended::Stop(stop),
            Failure::Io(error) => Ended::broken(&error.to_string()),
        }
    }
}

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Stop(stop) => Ended::Stop(stop),
            Fault::Bad(reason) => Ended::Reason(reason),
        }
    }
}

impl Ended {
    fn broken(why: &str) -> Ended {
        Ended::Reason(Reason::Broken(why.to_owned()))
    }
}

/// Reads a list as `asked` (an [`Asked`] in JSON).
pub fn read_list(
    asked: &str,
    input: &mut Input,
    limits: &Limits,
    output: &mut dyn Output,
) -> Outcome {
    let Ok(asked) = serde_json::from_str::<Asked>(asked) else {
        return Outcome::Unreadable(Reason::Other("deze koppeling past niet".to_owned()));
    };
    if let Err(stop) = output.begin_child(ROWS, "") {
        return stop.into();
    }
    let mut list = List {
        koppeling: &asked.koppeling,
        preview: asked.voorbeeld,
        output: &mut *output,
        header: Vec::new(),
        number: 0,
    };
    let done = list.read(input, limits);
    let ended = output.end_child(None);
    match (done, ended) {
        (Err(Ended::Stop(stop)), _) | (Ok(()), Err(stop)) => stop.into(),
        (Err(Ended::Reason(reason)), _) => Outcome::Partial(reason),
        (Ok(()), Ok(())) => Outcome::Whole,
    }
}

/// A list that is being read.
struct List<'l> {
    koppeling: &'l Koppeling,
    preview: Option<u64>,
    output: &'l mut dyn Output,
    header: Vec<String>,
    number: u64,
}

impl List<'_> {
    fn read(&mut self, input: &mut Input, limits: &Limits) -> Result<(), Ended> {
        match self.koppeling.vorm {
            Vorm::Xlsx => {
                let mut failed = None;
                rows(input, limits, &mut |cells| match self.row(cells) {
                    Ok(more) => Ok(more),
                    Err(Ended::Stop(stop)) => Err(stop),
                    Err(other) => {
                        failed = Some(other);
                        Ok(false)
                    }
                })?;
                failed.map_or(Ok(()), Err)?;
            }
            Vorm::Csv => {
                let text = self.text(input)?;
                let separator = match self.koppeling.scheiding.bytes().next() {
                    Some(chosen) => chosen,
                    None => most(text.lines().next().unwrap_or_default()),
                };
                self.separated(&text, separator, b'"')?;
            }
            Vorm::Dat => {
                let text = self.text(input)?;
                let (separator, quote) = LOAD_FILE;
                let text = text.replace('\u{fe}', quote.encode_utf8(&mut [0; 4]));
                self.separated(&text, separator, quote as u8)?;
            }
            Vorm::Diwoo => {
                let text = self.text(input)?;
                self.sitemap(&text)?;
            }
            Vorm::Cmis => {
                let text = self.text(input)?;
                self.objects(&text)?;
            }
        }
        match self.header.is_empty() {
            true => Err(Ended::broken(
                "deze lijst heeft geen regel met namen van kolommen",
            )),
            false => Ok(()),
        }
    }

    fn text(&self, input: &mut Input) -> Result<String, Ended> {
        if input.size > IN_MEMORY {
            let limit = format!("een lijst van meer dan {} MB", IN_MEMORY >> 20);
            return Err(Ended::Reason(Reason::Limit(limit)));
        }
        let encoding: &'static Encoding = match self.koppeling.codering {
            Some(Codering::Utf8) => UTF_8,
            Some(Codering::Windows1252) => WINDOWS_1252,
            Some(Codering::Utf16) => UTF_16LE,
            None => {
                let found = encoding::detect(input, None).map_err(Failure::Io)?;
                // The marks of a load file make it look like another language.
                match self.koppeling.vorm {
                    Vorm::Dat if found != UTF_8 && found != UTF_16LE => WINDOWS_1252,
                    _ => found,
                }
            }
        };
        let mut whole = String::new();
        encoding::decode(input, encoding, |piece| {
            whole.push_str(piece);
            Ok(())
        })?;
        Ok(whole)
    }

    fn separated(&mut self, text: &str, separator: u8, quote: u8) -> Result<(), Ended> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .quote(quote)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        for record in reader.records() {
            let record = record.map_err(|error| Ended::broken(&error.to_string()))?;
            // A load file writes a new line in a cell as U+00AE.
            let cell = |cell: &str| match self.koppeling.vorm {
                Vorm::Dat => cell.replace('\u{ae}', "\n"),
                _ => cell.to_owned(),
            };
            let cells = record.iter().map(cell).collect();
            if !self.row(cells)? {
                break;
            }
        }
        Ok(())
    }

    fn objects(&mut self, text: &str) -> Result<(), Ended> {
        let root: Value =
            serde_json::from_str(text).map_err(|error| Ended::broken(&error.to_string()))?;
        let mut objects = Vec::new();
        cmis(&root, &mut objects);
        let mut header: Vec<String> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        for (name, _) in objects.iter().flatten() {
            if !known.contains_key(name) {
                known.insert(name.clone(), header.len());
                header.push(name.clone());
            }
        }
        let width = header.len();
        if width == 0 || !self.row(header)? {
            return Ok(());
        }
        for object in objects {
            let mut cells = vec![String::new(); width];
            for (name, value) in object {
                if let Some(at) = known.get(&name) {
                    cells[*at] = value;
                }
            }
            if !self.row(cells)? {
                break;
            }
        }
        Ok(())
    }

    fn sitemap(&mut self, text: &str) -> Result<(), Ended> {
        self.header = ["adres", "gewijzigd", "titel"].map(str::to_owned).into();
        let line = serde_json::json!({"kolommen": self.header});
        self.line(&line.to_string())?;
        let mut failed = None;
        let whole = tree::each(text, &mut |element| match self.address(&element) {
            Ok(more) => more,
            Err(ended) => {
                failed = Some(ended);
                false
            }
        });
        match failed {
            Some(ended) => Err(ended),
            None if !whole => Err(Ended::broken("deze sitemap is geen geldige XML")),
            None => Ok(()),
        }
    }

    /// The next element of a sitemap. False when no more are wanted.
    fn address(&mut self, element: &Node) -> Result<bool, Ended> {
        let Some(mut row) = diwoo::row(self.number + 1, element, self.koppeling) else {
            return Ok(true);
        };
        self.number += 1;
        if self.preview.is_some() {
            let said = |key| first(&row.velden, key).unwrap_or_default().to_owned();
            row.cellen = [facts_key::ADDRESS, diwoo::CHANGED, known::TITLE]
                .map(said)
                .into();
        }
        let line = serde_json::to_string(&row);
        self.line(&line.map_err(|error| Ended::broken(&error.to_string()))?)?;
        Ok(self.preview.is_none_or(|most| self.number < most))
    }

    /// The next row; the first is the header. False when no more are wanted.
    fn row(&mut self, cells: Vec<String>) -> Result<bool, Ended> {
        self.number += 1;
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(true);
        }
        if self.header.is_empty() {
            self.header = cells.iter().map(|cell| cell.trim().to_owned()).collect();
            if self.preview.is_none() && self.koppeling.path_column(&self.header).is_none() {
                let column = &self.koppeling.pad;
                let why = format!("er is geen kolom {column:?} met het pad van een bestand");
                return Err(Ended::Reason(Reason::Other(why)));
            }
            let line = serde_json::json!({"kolommen": self.header});
            self.line(&line.to_string())?;
            return Ok(true);
        }
        let row = self.koppeling.row(self.number, &self.header, &cells);
        let row = match self.preview {
            None => row,
            Some(_) => {
                let mut row = row.unwrap_or_default();
                row.nr = self.number;
                row.cellen = cells;
                Some(row)
            }
        };
        if let Some(row) = row {
            let line = serde_json::to_string(&row);
            self.line(&line.map_err(|error| Ended::broken(&error.to_string()))?)?;
        }
        Ok(self.preview.is_none_or(|most| self.number <= most))
    }

    fn line(&mut self, line: &str) -> Result<(), Stop> {
        for piece in line.as_bytes().chunks(32 * 1024) {
            self.output.child_bytes(piece)?;
        }
        self.output.child_bytes(b"\n")
    }
}

/// Which separator stands most in the header.
fn most(line: &str) -> u8 {
    let separators = [b';', b',', b'\t', b'|'];
    let count = |separator: &u8| line.bytes().filter(|byte| byte == separator).count();
    let best = separators
        .iter()
        .rev()
        .max_by_key(|separator| count(separator));
    best.copied().unwrap_or(b';')
}

/// Everything in a dump that is an object of CMIS but no folder, in whichever of its forms.
fn cmis(value: &Value, found: &mut Vec<Vec<(String, String)>>) {
    match value {
        Value::Array(list) => list.iter().for_each(|one| cmis(one, found)),
        Value::Object(map) => {
            let own = match map.get("properties").or(map.get("succinctProperties")) {
                Some(Value::Object(properties)) => named(properties),
                Some(Value::Array(list)) => listed(list),
                _ => named(map),
            };
            let of = |key: &str| own.iter().find(|(name, _)| name == key);
            match (of("cmis:objectId"), of("cmis:baseTypeId")) {
                (Some(_), Some((_, base))) if base == "cmis:folder" => {}
                (Some(_), _) => found.push(own),
                (None, _) => map.values().for_each(|one| cmis(one, found)),
            }
        }
        _ => {}
    }
}

/// `{"cmis:name": "x"}` or `{"cmis:name": {"value": "x"}}`.
fn named(properties: &serde_json::Map<String, Value>) -> Vec<(String, String)> {
    let value = |value: &Value| match value {
        Value::Object(inner) => inner.get("value").map(shown).unwrap_or_default(),
        other => shown(other),
    };
    properties
        .iter()
        .map(|(name, one)| (name.clone(), value(one)))
        .collect()
}

/// `[{"id": "cmis:name", "value": "x"}]`.
fn listed(list: &[Value]) -> Vec<(String, String)> {
    let one = |property: &Value| {
        let name = property.get("id").or(property.get("queryName"))?.as_str()?;
        let value = property.get("value").or(property.get("values"))?;
        Some((name.to_owned(), shown(value)))
    };
    list.iter().filter_map(one).collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(shown).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collected, input, limits};
    use super::*;
    use crate::dms::Row;
    use proptest::prelude::*;

    fn read(koppeling: Koppeling, bytes: &[u8]) -> (Vec<Row>, Outcome) {
        let asked = Asked {
            koppeling,
            voorbeeld: None,
        };
        let asked = serde_json::to_string(&asked).unwrap();
        let mut out = Collected::default();
        let outcome = read_list(&asked, &mut input("lijst", bytes), &limits(), &mut out);
        let text = String::from_utf8(out.children[0].bytes.clone()).unwrap();
        let rows = text
            .lines()
            .skip(1)
            .map(|line| serde_json::from_str(line).unwrap());
        (rows.collect(), outcome)
    }

    fn values(row: &Row) -> Vec<&str> {
        row.velden[1..]
            .iter()
            .map(|(_, value)| value.as_str())
            .collect()
    }

    #[test]
    fn a_csv_is_read_in_every_encoding_and_with_every_separator() {
        let text = "pad;titel;datum\r\n\"a;b.pdf\";Coördinatie;31-12-2023\n;leeg;\nc.pdf;\"twee\nregels\";2020\n";
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let latin = WINDOWS_1252.encode(text).0.into_owned();
        let bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        let tabs = text.replace(";", "\t").replace("a\tb", "a;b");
        for bytes in [text.as_bytes(), &bom, &latin, &utf16, tabs.as_bytes()] {
            let (rows, outcome) = read(Koppeling::default(), bytes);
            assert_eq!(outcome, Outcome::Whole);
            assert_eq!(rows.len(), 2);
            assert_eq!((rows[0].pad.as_str(), rows[0].nr), ("a;b.pdf", 2));
            assert_eq!(values(&rows[0]), ["Coördinatie", "2023-12-31"]);
            assert_eq!(values(&rows[1])[0], "twee\nregels");
        }
    }

    #[test]
    fn a_load_file_and_a_dump_of_cmis_are_read() {
        let dat = "þDOCIDþ\u{14}þNATIVEPATHþ\u{14}þSUBJECTþ\nþD-1þ\u{14}þ.\\NATIVES\\1.msgþ\u{14}þRe: kade®en meerþ\n";
        let latin = WINDOWS_1252.encode(dat).0.into_owned();
        for bytes in [dat.as_bytes(), &latin] {
            let vorm = Vorm::Dat;
            let (rows, outcome) = read(
                Koppeling {
                    vorm,
                    ..Koppeling::default()
                },
                bytes,
            );
            assert_eq!(outcome, Outcome::Whole);
            assert_eq!(rows[0].pad, "NATIVES/1.msg");
            assert_eq!(values(&rows[0]), ["D-1", "Re: kade\nen meer"]);
        }
        let json = r#"{"objects":[{"object":{"properties":{"cmis:objectId":{"value":"1"},"cmis:path":{"value":"/a/b.pdf"},
            "cmis:name":{"value":"Nota"},"cmis:creationDate":{"value":1700000000000}}}},
            {"object":{"succinctProperties":{"cmis:objectId":"2","cmis:baseTypeId":"cmis:folder","cmis:path":"/a"}}}]}"#;
        let vorm = Vorm::Cmis;
        let (rows, outcome) = read(
            Koppeling {
                vorm,
                ..Koppeling::default()
            },
            json.as_bytes(),
        );
        assert_eq!((rows.len(), outcome), (1, Outcome::Whole));
        assert_eq!(rows[0].pad, "a/b.pdf");
        assert!(values(&rows[0]).contains(&"2023-11-14"));
    }

    #[test]
    fn a_list_without_its_column_is_refused() {
        let koppeling = Koppeling {
            pad: "Bestand".into(),
            ..Koppeling::default()
        };
        let (rows, outcome) = read(koppeling, b"naam;titel\na.pdf;x\n");
        assert!(rows.is_empty() && matches!(outcome, Outcome::Partial(_)));
        let (_, outcome) = read(Koppeling::default(), b"");
        assert!(matches!(outcome, Outcome::Partial(_)));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), which in 0usize..5) {
            let koppeling = Koppeling { vorm: Vorm::ALL[which], ..Koppeling::default() };
            let asked = Asked { koppeling, voorbeeld: Some(3) };
            let asked = serde_json::to_string(&asked).unwrap();
            let _outcome = read_list(&asked, &mut input("x", &bytes), &limits(), &mut Collected::default());
        }
    }
}
