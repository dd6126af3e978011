//! Reads each form of a table back, without the code that wrote it.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

/// Reads CSV with this character between cells.
pub fn csv_rows(bytes: &[u8], between: u8) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(between)
        .from_reader(bytes);
    let rows = reader.records();
    rows.map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

/// Reads as PHP's fgetcsv does: a backslash in quotes takes the next character along.
pub fn fgetcsv(text: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut chars = text.chars().peekable();
    while chars.peek().is_some() {
        let mut row = Vec::new();
        loop {
            let mut field = String::new();
            if chars.next_if_eq(&'"').is_some() {
                while let Some(c) = chars.next() {
                    match c {
                        '\\' => {
                            field.push(c);
                            field.extend(chars.next());
                        }
                        '"' if chars.next_if_eq(&'"').is_none() => break,
                        c => field.push(c),
                    }
                }
            }
            while let Some(c) = chars.next_if(|c| *c != ',' && *c != '\n') {
                field.push(c);
            }
            row.push(field);
            if chars.next() != Some(',') {
                break;
            }
        }
        rows.push(row);
    }
    rows
}

/// A member of a ZIP file as text.
pub fn member(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// The cells of a sheet as `type:value`, row by row. Both formats in one: the elements have different names.
pub fn cells(xml: &str) -> Vec<Vec<String>> {
    let mut reader = Reader::from_str(xml);
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut inside = false;
    let mut paragraphs = 0;
    loop {
        let event = reader.read_event().unwrap();
        let attribute = |name: &str| -> String {
            let (Event::Start(element) | Event::Empty(element)) = &event else {
                return String::new();
            };
            let found = element
                .attributes()
                .map(Result::unwrap)
                .find(|a| a.key.as_ref() == name);
            found.map(|a| a.value.to_string()).unwrap_or_default()
        };
        let cell = rows.last_mut().and_then(|row| row.last_mut());
        match &event {
            Event::Eof => return rows,
            Event::Start(element) | Event::Empty(element) => match element.name().as_ref() {
                "row" | "table:table-row" => rows.push(Vec::new()),
                "c" => rows
                    .last_mut()
                    .unwrap()
                    .push(format!("{}:", attribute("t"))),
                "table:table-cell" => {
                    paragraphs = 0;
                    let kind = attribute("office:value-type");
                    let value = attribute("office:value") + &attribute("office:date-value");
                    rows.last_mut().unwrap().push(format!("{kind}:{value}"));
                }
                "v" | "t" => inside = true,
                "text:p" => {
                    let cell = cell.unwrap();
                    inside = cell.starts_with("string:");
                    if inside && paragraphs > 0 {
                        cell.push('\n');
                    }
                    paragraphs += 1;
                }
                "text:s" => {
                    let count: usize = attribute("text:c").parse().unwrap();
                    cell.unwrap().push_str(&" ".repeat(count));
                }
                "f" => panic!("a formula"),
                _ => {}
            },
            Event::End(element) => {
                if matches!(element.name().as_ref(), "v" | "t" | "text:p") {
                    inside = false;
                }
            }
            Event::Text(text) if inside => {
                let cell = cell.unwrap();
                // Readers take a run of spaces for one, and drop a space beside a tab.
                if cell.starts_with("string:") {
                    let lost = ["  ", " \t", "\t ", "\n"];
                    assert!(!lost.iter().any(|lost| text.contains(lost)), "{text:?}");
                }
                cell.push_str(text);
            }
            Event::GeneralRef(reference) if inside => {
                let name = format!("&{};", reference.as_ref() as &str);
                cell.unwrap()
                    .push_str(&quick_xml::escape::unescape(&name).unwrap());
            }
            _ => {}
        }
    }
}

/// The cells of XLSX: empty ones are not written, so that texts are told by their type alone.
pub fn xlsx_texts(bytes: &[u8], sheet: usize) -> Vec<Vec<String>> {
    let rows = cells(&member(bytes, &format!("xl/worksheets/sheet{sheet}.xml")));
    let text = |cell: &String| {
        cell.strip_prefix("inlineStr:")
            .unwrap()
            .replace("_x005F_", "_")
    };
    rows.iter()
        .map(|row| row.iter().map(text).collect())
        .collect()
}

/// The cells of ODS that are text or empty.
pub fn ods_texts(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = |cell: &String| {
        let empty = cell.strip_prefix(':');
        empty
            .or_else(|| cell.strip_prefix("string:"))
            .unwrap()
            .to_owned()
    };
    let rows = cells(&member(bytes, "content.xml"));
    rows.iter()
        .map(|row| row.iter().map(text).collect())
        .collect()
}
