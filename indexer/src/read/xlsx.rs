//! Excel workbooks (OOXML, with XML or binary parts): every sheet a page, read cell by cell, so that an empty sheet of a billion cells
//! costs nothing. Never computes: a formula shows the value that was saved with it.

mod binary;
mod format;
pub mod rows;

use std::collections::HashMap;
use std::io::Read;

use binary::is_binary;
use format::Formats;
pub(super) use format::{is_percent, percent};

use super::ooxml::{author, drawn, objects, part};
use super::package::{Package, Relation, core_properties, main_part};
use super::sink::Sink;
use super::tokens::{Fault, Step, Tag, Token, Xml, local};
use super::{Input, Limits, Outcome, Output, Stop};

/// Reads one `xlsx` or `xlsb` workbook.
pub fn read_xlsx(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut package = match Package::open(input, limits) {
        Ok(package) => package,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    let mut sink = Sink::new(output);
    let mut parts = Vec::new();
    let result = core_properties(&mut package, &mut sink).and_then(|()| {
        match Workbook::read(&mut package, &mut sink) {
            Ok(workbook) => {
                parts.extend(workbook.sheets.iter().map(|sheet| sheet.part.clone()));
                workbook.sheets(&mut package, &mut sink)
            }
            Err(fault) => sink.past(Err(fault)),
        }
    });
    let text = sink.finish(result);
    objects(&mut package, &parts, limits, text, output)
}

/// One sheet as the workbook lists it.
struct Sheet {
    name: String,
    part: String,
    hidden: bool,
}

/// What the sheets share.
struct Workbook {
    sheets: Vec<Sheet>,
    strings: Strings,
    formats: Formats,
    /// Who comments in threads, by number.
    persons: HashMap<String, String>,
}

/// All shared strings in one piece of memory.
#[derive(Default)]
struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    fn get(&self, index: usize) -> Option<&str> {
        let to = *self.ends.get(index)?;
        let from = match index {
            0 => 0,
            _ => *self.ends.get(index - 1)?,
        };
        self.text.get(from..to)
    }

    fn read<R: Read>(&mut self, xml: Xml<R>) -> Result<(), Fault> {
        let mut inside = false;
        xml.each(|token| {
            match token {
                // How a word is pronounced is no part of the text.
                Token::Start(tag) if tag.local() == "rPh" => return Ok(Step::Skip),
                Token::Start(tag) => inside = tag.local() == "t",
                Token::Text(text) if inside => self.text.push_str(text),
                Token::Text(_) => {}
                Token::End(name) => {
                    inside = false;
                    if local(name) == "si" {
                        self.ends.push(self.text.len());
                    }
                }
            }
            Ok(Step::Into)
        })
    }
}

impl Workbook {
    fn read(package: &mut Package<'_>, sink: &mut Sink<'_>) -> Result<Self, Fault> {
        let usual = match package.has("xl/workbook.bin") {
            true => "xl/workbook.bin",
            false => "xl/workbook.xml",
        };
        let main = main_part(package, usual)?;
        let relations = package.relations(&main)?;
        let mut formats = Formats::default();
        let sheets = match is_binary(&main) {
            true => binary::sheet_list(package, &main, &relations, &mut formats)?,
            false => sheet_list(package, &main, &relations, &mut formats)?,
        };
        let mut workbook = Self {
            sheets,
            strings: Strings::default(),
            formats,
            persons: HashMap::new(),
        };
        for relation in &relations {
            // A damaged list costs its strings or dates, not the workbook.
            let result = workbook.shared(package, relation);
            sink.past(result)?;
        }
        Ok(workbook)
    }

    fn shared(&mut self, package: &mut Package<'_>, relation: &Relation) -> Result<(), Fault> {
        let target = &relation.target;
        match relation.kind.as_str() {
            "sharedStrings" if is_binary(target) => {
                let part = package.part(target).map_err(Fault::Bad)?;
                binary::strings(target, part, &mut self.strings)
            }
            "styles" if is_binary(target) => {
                let part = package.part(target).map_err(Fault::Bad)?;
                binary::styles(target, part, &mut self.formats)
            }
            "sharedStrings" => self.strings.read(package.xml(target)?),
            "styles" => self.formats.read(package.xml(target)?),
            "person" => package.xml(target)?.each(|token| {
                if let Token::Start(tag) = token
                    && let (Some(id), Some(name)) = (tag.attr("id"), tag.attr("displayName"))
                {
                    self.persons.insert(id, name);
                }
                Ok(Step::Into)
            }),
            _ => Ok(()),
        }
    }

    fn sheets(&self, package: &mut Package<'_>, sink: &mut Sink<'_>) -> Result<(), Stop> {
        for sheet in &self.sheets {
            sink.begin_page()?;
            sink.line(&sheet.name)?;
            if sheet.hidden {
                sink.line("[verborgen blad]")?;
            }
            let result = match is_binary(&sheet.part) {
                true => package
                    .part(&sheet.part)
                    .map_err(Fault::Bad)
                    .and_then(|part| {
                        binary::cells(&sheet.part, part, &self.strings, &self.formats, sink)
                    }),
                false => package
                    .xml(&sheet.part)
                    .and_then(|xml| self.cells(xml, sink)),
            };
            sink.past(result)?;
            sink.end_part()?;
            self.around(package, &sheet.part, sink)?;
        }
        Ok(())
    }

    /// The cells of a sheet, and its headers and footers.
    fn cells<R: Read>(&self, xml: Xml<R>, sink: &mut Sink<'_>) -> Result<(), Fault> {
        let mut cell = Cell::default();
        let mut inside = false;
        xml.each(|token| {
            match token {
                Token::Start(tag) => {
                    inside = false;
                    match tag.local() {
                        "row" => sink.row(),
                        "c" => cell = Cell::new(tag),
                        "v" | "t" => inside = true,
                        "rPh" | "f" => return Ok(Step::Skip),
                        name if is_margin(name) => {
                            cell = Cell::default();
                            inside = true;
                        }
                        _ => {}
                    }
                }
                Token::Text(text) if inside => cell.value.push_str(text),
                Token::Text(_) => {}
                Token::End(name) => {
                    inside = false;
                    match local(name) {
                        "c" => {
                            self.value(&cell, sink)?;
                            sink.cell();
                        }
                        "row" => sink.row(),
                        name if is_margin(name) => sink.line(&margin(&cell.value))?,
                        _ => {}
                    }
                }
            }
            Ok(Step::Into)
        })
    }

    fn value(&self, cell: &Cell, sink: &mut Sink<'_>) -> Result<(), Stop> {
        sink.text(&self.shown(cell))
    }

    /// A cell as Excel shows it.
    fn shown(&self, cell: &Cell) -> String {
        let value = cell.value.trim();
        match cell.kind.as_str() {
            "s" => {
                let index = value.parse().unwrap_or(usize::MAX);
                let text = self.strings.get(index).unwrap_or_default();
                // How Excel writes a carriage return in XML.
                text.replace("_x000D_", "")
            }
            "str" | "inlineStr" | "e" => cell.value.clone(),
            "b" if value == "1" => "WAAR".to_owned(),
            "b" if value == "0" => "ONWAAR".to_owned(),
            _ => self.formats.show(value, cell.style),
        }
    }

    /// What stands around the cells: comments, drawings, charts.
    fn around(
        &self,
        package: &mut Package<'_>,
        sheet: &str,
        sink: &mut Sink<'_>,
    ) -> Result<(), Stop> {
        let relations = match package.relations(sheet) {
            Ok(relations) => relations,
            Err(fault) => return sink.past(Err(fault)),
        };
        for relation in &relations {
            let target = &relation.target;
            let result = match relation.kind.as_str() {
                "comments" if is_binary(target) => package
                    .part(target)
                    .map_err(Fault::Bad)
                    .and_then(|part| binary::comments(target, part, sink)),
                "comments" => package.xml(target).and_then(|xml| comments(xml, sink)),
                "threadedComment" => package
                    .xml(target)
                    .and_then(|xml| threads(xml, &self.persons, sink)),
                "drawing" => {
                    part(package, target, sink)?;
                    drawn(package, target, sink)?;
                    Ok(())
                }
                _ => Ok(()),
            };
            sink.past(result)?;
            sink.end_part()?;
        }
        Ok(())
    }
}

/// The sheets in their order, and which calendar the workbook counts its days by.
fn sheet_list(
    package: &mut Package<'_>,
    main: &str,
    relations: &[Relation],
    formats: &mut Formats,
) -> Result<Vec<Sheet>, Fault> {
    let by_id: HashMap<&str, &Relation> = relations.iter().map(|r| (r.id.as_str(), r)).collect();
    let mut sheets = Vec::new();
    package.xml(main)?.each(|token| {
        if let Token::Start(tag) = token {
            match tag.local() {
                "workbookPr" => {
                    let date1904 = tag.attr_exact("date1904");
                    formats.since_1904 = matches!(date1904.as_deref(), Some("1" | "true"));
                }
                "sheet" => {
                    let id = tag.attr_exact("r:id").unwrap_or_default();
                    let named = by_id.get(id.as_str()).map(|r| r.target.clone());
                    let usual = || format!("xl/worksheets/sheet{}.xml", sheets.len() + 1);
                    sheets.push(Sheet {
                        name: tag.attr_exact("name").unwrap_or_default(),
                        part: named.unwrap_or_else(usual),
                        hidden: tag.attr_exact("state").is_some_and(|s| s != "visible"),
                    });
                }
                _ => {}
            }
        }
        Ok(Step::Into)
    })?;
    Ok(sheets)
}

/// The cell that is being read.
#[derive(Default)]
struct Cell {
    kind: String,
    style: usize,
    value: String,
}

impl Cell {
    fn new(tag: &Tag<'_>) -> Self {
        let style = tag.attr_exact("s").and_then(|style| style.parse().ok());
        Self {
            kind: tag.attr_exact("t").unwrap_or_default(),
            style: style.unwrap_or(0),
            value: String::new(),
        }
    }
}

fn is_margin(name: &str) -> bool {
    matches!(
        name,
        "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter" | "firstHeader" | "firstFooter"
    )
}

/// The text of a header or footer without its codes (`&L`, `&"Arial,Bold"`, `&12`, `&K01+000`).
pub(super) fn margin(codes: &str) -> String {
    let mut text = String::new();
    let mut chars = codes.chars().peekable();
    while let Some(char) = chars.next() {
        if char != '&' {
            text.push(char);
            continue;
        }
        match chars.next() {
            Some('&') => text.push('&'),
            Some('L' | 'C' | 'R') if !text.is_empty() => text.push('\t'),
            Some('"') => while chars.next().is_some_and(|c| c != '"') {},
            Some('K') => {
                for _ in 0..6 {
                    chars.next();
                }
            }
            Some(digit) if digit.is_ascii_digit() => {
                while chars.next_if(char::is_ascii_digit).is_some() {}
            }
            _ => {}
        }
    }
    text.trim().to_owned()
}

/// Notes on cells. The stand-ins that Excel leaves for threads are left out: the threads come themselves.
fn comments<R: Read>(xml: Xml<R>, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let mut authors: Vec<String> = Vec::new();
    let (mut in_author, mut in_text) = (false, false);
    xml.each(|token| {
        match token {
            Token::Start(tag) => {
                in_author = tag.local() == "author";
                in_text = tag.local() == "t";
                if in_author {
                    authors.push(String::new());
                } else if tag.local() == "comment" {
                    let number = tag.attr_exact("authorId").and_then(|n| n.parse().ok());
                    let name = number.and_then(|n: usize| authors.get(n)).cloned();
                    if name.as_ref().is_some_and(|name| name.starts_with("tc=")) {
                        return Ok(Step::Skip);
                    }
                    author(name, sink)?;
                } else if tag.local() == "rPh" {
                    return Ok(Step::Skip);
                }
            }
            Token::Text(text) if in_author => {
                if let Some(author) = authors.last_mut() {
                    author.push_str(text);
                }
            }
            Token::Text(text) if in_text => sink.text(text)?,
            Token::Text(_) => {}
            Token::End(name) => {
                (in_author, in_text) = (false, false);
                if local(name) == "comment" {
                    sink.paragraph()?;
                }
            }
        }
        Ok(Step::Into)
    })
}

/// Conversations on cells.
fn threads<R: Read>(
    xml: Xml<R>,
    persons: &HashMap<String, String>,
    sink: &mut Sink<'_>,
) -> Result<(), Fault> {
    let mut inside = false;
    xml.each(|token| {
        match token {
            Token::Start(tag) => {
                inside = tag.local() == "text";
                if tag.local() == "threadedComment" {
                    let person = tag.attr_exact("personId").unwrap_or_default();
                    author(persons.get(&person).cloned(), sink)?;
                }
            }
            Token::Text(text) if inside => sink.text(text)?,
            Token::Text(_) => {}
            Token::End(name) => {
                inside = false;
                if local(name) == "threadedComment" {
                    sink.paragraph()?;
                }
            }
        }
        Ok(Step::Into)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::package::testing::{packed, relations, survives_damage};
    use super::super::testing::{Collected, input, limits};
    use super::super::{Reason, key};
    use super::*;

    const SHEET: &str = r#"<worksheet><sheetData>
        <row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c></row>
        <row r="2"><c r="A2" s="1"><v>43525</v></c><c r="B2"><f>SUM(C1:C9)</f><v>12.5</v></c><c r="XFD2" s="2"><v>0.25</v></c></row>
        <row r="1048576"><c t="b"><v>1</v></c><c t="e"><v>#N/B</v></c><c t="str"><f>A1</f><v>uitkomst</v></c></row>
        </sheetData><headerFooter><oddHeader>&amp;L&amp;"Arial,Bold"&amp;12Begroting&amp;RConcept &amp;P</oddHeader></headerFooter></worksheet>"#;

    fn whole() -> Vec<u8> {
        packed(&[
            ("docProps/core.xml", "<x><dc:creator>Kees</dc:creator></x>"),
            (
                "xl/workbook.xml",
                r#"<workbook><sheets><sheet name="Kosten" r:id="r2"/><sheet name="Stil" state="veryHidden" r:id="r1"/></sheets></workbook>"#,
            ),
            (
                "xl/_rels/workbook.xml.rels",
                &relations(&[
                    ("r1", "worksheet", "worksheets/sheet1.xml"),
                    ("r2", "worksheet", "/xl/worksheets/sheet2.xml"),
                    ("r3", "sharedStrings", "sharedStrings.xml"),
                    ("r4", "styles", "styles.xml"),
                    ("r5", "person", "persons/person.xml"),
                ]),
            ),
            (
                "xl/sharedStrings.xml",
                "<sst><si><r><t>ge</t></r><r><t>deeld</t></r></si></sst>",
            ),
            (
                "xl/styles.xml",
                r#"<s><numFmts><numFmt numFmtId="164" formatCode="d/m/yyyy"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>
                <cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="9"/></cellXfs></s>"#,
            ),
            (
                "xl/persons/person.xml",
                r#"<l><person id="{7}" displayName="Els"/></l>"#,
            ),
            ("xl/worksheets/sheet2.xml", SHEET),
            (
                "xl/worksheets/sheet1.xml",
                "<worksheet><sheetData/></worksheet>",
            ),
            (
                "xl/worksheets/_rels/sheet2.xml.rels",
                &relations(&[
                    ("c", "comments", "../comments1.xml"),
                    ("t", "threadedComment", "../threads.xml"),
                    ("d", "drawing", "../drawings/d.xml"),
                ]),
            ),
            (
                "xl/comments1.xml",
                r#"<c><authors><author>Jan</author><author>tc={7}</author></authors><commentList>
                <comment authorId="0"><text><r><t>zie bijlage</t></r></text></comment>
                <comment authorId="1"><text><t>[Threaded comment]</t></text></comment></commentList></c>"#,
            ),
            (
                "xl/threads.xml",
                r#"<T><threadedComment personId="{7}"><text>akkoord</text></threadedComment></T>"#,
            ),
            (
                "xl/drawings/d.xml",
                "<xdr:sp><a:p><a:r><a:t>tekstvak</a:t></a:r></a:p></xdr:sp>",
            ),
        ])
    }

    fn read(bytes: &[u8]) -> (Collected, Outcome) {
        let mut out = Collected::default();
        let outcome = read_xlsx(&mut input("b.xlsx", bytes), &limits(), &mut out);
        (out, outcome)
    }

    #[test]
    fn every_sheet_is_a_page_with_what_stands_around_the_cells() {
        let (out, outcome) = read(&whole());
        assert_eq!(outcome, Outcome::Whole);
        assert_eq!(
            out.pages,
            [
                "Kosten\ngedeeld\tinline\n01-03-2019\t12.5\t25%\nWAAR\t#N/B\tuitkomst\n\
                 Begroting\tConcept\n[opmerking van Jan] zie bijlage\n[opmerking van Els] akkoord\ntekstvak\n",
                "Stil\n[verborgen blad]\n"
            ]
        );
        assert_eq!(out.values(key::AUTHOR), ["Kees"]);
    }

    #[test]
    fn a_missing_sheet_costs_only_itself() {
        let bytes = packed(&[
            (
                "xl/workbook.xml",
                r#"<w><sheet name="Een" r:id="a"/><sheet name="Twee" r:id="b"/></w>"#,
            ),
            ("xl/worksheets/sheet1.xml", SHEET),
        ]);
        let (out, outcome) = read(&bytes);
        assert!(out.pages[0].contains("12.5"));
        let missing = "er ontbreekt een onderdeel: xl/worksheets/sheet2.xml";
        assert_eq!(outcome, Outcome::Partial(Reason::Broken(missing.into())));
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            cut: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
            noise: Vec<u8>,
        ) {
            survives_damage(&whole(), cut, &flips, |bytes| { read(bytes); });
            read(&noise);
        }

        #[test]
        fn any_number_can_be_shown(value: f64, style in 0usize..4, codes: String) {
            let styles = format!(r#"<s><numFmt numFmtId="9" formatCode="{}"/><cellXfs><xf numFmtId="9"/><xf numFmtId="14"/><xf numFmtId="46"/></cellXfs></s>"#, quick_xml::escape::escape(codes));
            let mut formats = Formats::default();
            let _ = formats.read(Xml::new(styles.as_bytes(), "styles"));
            formats.show(&value.to_string(), style);
        }
    }
}
