//! ODS as a stream: a ZIP file whose one large member grows row by row. Never goes back in it, so that it can go
//! straight to a receiver. Never larger than a plain ZIP file holds: LibreOffice does not open a ZIP64 file that was
//! written as a stream.

use std::io::{self, BufWriter, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::{Bladen, Cel, Fout, as_text, for_sheet};

/// What such a file is.
pub const MEDIATYPE: &str = "application/vnd.oasis.opendocument.spreadsheet";

const MANIFEST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"#;

const NAMESPACES: [(&str, &str); 7] = [
    (
        "xmlns:office",
        "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    ),
    (
        "xmlns:table",
        "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    ),
    (
        "xmlns:text",
        "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    ),
    (
        "xmlns:style",
        "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    ),
    (
        "xmlns:number",
        "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
    ),
    (
        "xmlns:fo",
        "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    ),
    ("office:version", "1.3"),
];

/// A bold header, and days as they are written here.
const STYLES: &str = r#"<office:automatic-styles><number:date-style style:name="dag"><number:year number:style="long"/><number:text>-</number:text><number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style><style:style style:name="datum" style:family="table-cell" style:data-style-name="dag"/><style:style style:name="kop" style:family="table-cell"><style:text-properties fo:font-weight="bold"/></style:style></office:automatic-styles>"#;

const CEL: &str = "table:table-cell";

/// A member of a ZIP file that knows how much went in.
struct Inhoud<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    bytes: u64,
}

impl<W: Write> Write for Inhoud<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.zip.write(bytes)?;
        self.bytes += done as u64;
        Ok(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

/// A spreadsheet on its way.
pub struct Ods<W: Write> {
    xml: Writer<BufWriter<Inhoud<W>>>,
    bladen: Bladen,
    /// Sheets so far.
    blad: usize,
    /// Rows on this sheet, without the header.
    rij: u32,
}

impl<W: Write> Ods<W> {
    /// Begins a spreadsheet with its first header.
    pub fn new(bladen: Bladen, uit: W) -> io::Result<Self> {
        let mut zip = ZipWriter::new_stream(uit);
        let packed = SimpleFileOptions::default().compression_level(Some(3));
        let stored = packed
            .compression_method(CompressionMethod::Stored)
            .compression_level(None);
        zip.start_file("mimetype", stored)?;
        zip.write_all(MEDIATYPE.as_bytes())?;
        zip.start_file("META-INF/manifest.xml", packed)?;
        zip.write_all(MANIFEST.as_bytes())?;
        zip.start_file("content.xml", packed)?;
        let mut ods = Self {
            xml: Writer::new(BufWriter::new(Inhoud { zip, bytes: 0 })),
            bladen,
            blad: 0,
            rij: 0,
        };
        let begin = BytesDecl::new("1.0", Some("UTF-8"), None);
        ods.xml.write_event(Event::Decl(begin))?;
        ods.start("office:document-content", &NAMESPACES)?;
        ods.xml.get_mut().write_all(STYLES.as_bytes())?;
        ods.start("office:body", &[])?;
        ods.start("office:spreadsheet", &[])?;
        ods.sheet()?;
        Ok(ods)
    }

    /// Writes a row, on a further sheet when this one is full.
    pub fn row(&mut self, cellen: &[Cel<'_>]) -> Result<(), Fout> {
        if self.xml.get_ref().get_ref().bytes > self.bladen.bytes {
            return Err(Fout::TeGroot);
        }
        if self.rij >= self.bladen.rijen {
            self.end("table:table")?;
            self.sheet()?;
        }
        self.start("table:table-row", &[])?;
        for cel in cellen {
            self.cell(cel)?;
        }
        self.rij += 1;
        Ok(self.end("table:table-row")?)
    }

    /// Ends the spreadsheet: its sheets.
    pub fn finish(mut self) -> io::Result<usize> {
        for name in [
            "table:table",
            "office:spreadsheet",
            "office:body",
            "office:document-content",
        ] {
            self.end(name)?;
        }
        let inhoud = self.xml.into_inner().into_inner();
        let inhoud = inhoud.map_err(io::IntoInnerError::into_error)?;
        let mut uit = inhoud.zip.finish()?.into_inner();
        uit.flush()?;
        Ok(self.blad)
    }

    fn sheet(&mut self) -> io::Result<()> {
        self.blad += 1;
        self.rij = 0;
        let naam = self.bladen.naam(self.blad);
        self.start("table:table", &[("table:name", &naam)])?;
        // A table without a column is no table.
        let columns = self.bladen.koppen.len().max(1).to_string();
        let column = BytesStart::new("table:table-column")
            .with_attributes([("table:number-columns-repeated", columns.as_str())]);
        self.xml.write_event(Event::Empty(column))?;
        self.start("table:table-row", &[])?;
        for kop in std::mem::take(&mut self.bladen.koppen) {
            let style = [("office:value-type", "string"), ("table:style-name", "kop")];
            self.value(&style, &kop)?;
            self.bladen.koppen.push(kop);
        }
        self.end("table:table-row")
    }

    fn cell(&mut self, cel: &Cel<'_>) -> io::Result<()> {
        const TEXT: [(&str, &str); 1] = [("office:value-type", "string")];
        let number = |shown: &str, ods: &mut Self| {
            let attributes = [("office:value-type", "float"), ("office:value", shown)];
            ods.value(&attributes, shown)
        };
        match (as_text(cel), cel) {
            (Some(text), _) => self.value(&TEXT, &text),
            (None, Cel::Tekst(text)) if !text.is_empty() => self.value(&TEXT, text),
            (None, Cel::Getal(shown)) => number(&shown.to_string(), self),
            (None, Cel::Breuk(shown)) if shown.is_finite() => number(&shown.to_string(), self),
            (None, Cel::Datum(date)) => {
                let shown = date.to_string();
                let attributes = [
                    ("office:value-type", "date"),
                    ("office:date-value", shown.as_str()),
                    ("table:style-name", "datum"),
                ];
                self.value(&attributes, &shown)
            }
            (None, Cel::Tekst(_) | Cel::Breuk(_) | Cel::Leeg) => {
                self.xml.write_event(Event::Empty(BytesStart::new(CEL)))
            }
        }
    }

    fn value(&mut self, attributes: &[(&str, &str)], shown: &str) -> io::Result<()> {
        self.start(CEL, attributes)?;
        for line in for_sheet(shown).split('\n') {
            self.start("text:p", &[])?;
            self::line(&mut self.xml, line)?;
            self.end("text:p")?;
        }
        self.end(CEL)
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        self.xml.write_event(Event::Start(start))
    }

    fn end(&mut self, name: &str) -> io::Result<()> {
        self.xml.write_event(Event::End(BytesEnd::new(name)))
    }
}

/// One line. Readers take runs of spaces together and drop those at both ends: such spaces are elements. A tab
/// stays a character: LibreOffice keeps it and drops the element `text:tab` from cells, other readers make it a
/// space.
pub(in crate::uitvoer) fn line<W: Write>(xml: &mut Writer<W>, line: &str) -> io::Result<()> {
    let mut rest = line;
    while !rest.is_empty() {
        let (words, after) = rest.split_at(plain(rest));
        if !words.is_empty() {
            xml.write_event(Event::Text(BytesText::new(words)))?;
        }
        rest = after.trim_start_matches(' ');
        let spaces = after.len() - rest.len();
        if spaces > 0 {
            let count = spaces.to_string();
            let element = BytesStart::new("text:s").with_attributes([("text:c", count.as_str())]);
            xml.write_event(Event::Empty(element))?;
        }
    }
    Ok(())
}

/// Bytes up to spaces that would get lost: all but a single one between two words.
fn plain(text: &str) -> usize {
    let bytes = text.as_bytes();
    let lost = bytes.iter().enumerate().position(|(at, byte)| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        *byte == b' '
            && (matches!(before, None | Some(b'\t'))
                || matches!(bytes.get(at + 1), None | Some(b' ' | b'\t')))
    });
    lost.unwrap_or(bytes.len())
}
