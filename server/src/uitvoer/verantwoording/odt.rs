//! An account as an OpenDocument text: headings, tables with a header that repeats on each page, and its language, so
//! that an office program and a screen reader know them. Never reads one.

use super::tekst::{Blok, Stuk, Tabel};
use crate::uitvoer::tabel;
use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::io::{self, Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// What such a file is.
pub const MEDIATYPE: &str = "application/vnd.oasis.opendocument.text";

const MANIFEST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="application/vnd.oasis.opendocument.text"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/></manifest:manifest>"#;

const NAMESPACES: [(&str, &str); 8] = [
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
        "xmlns:fo",
        "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    ),
    (
        "xmlns:meta",
        "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    ),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("office:version", "1.3"),
];

/// How headings, tables and quotations look; A4 pages.
const STYLES: &str = r##"<office:styles><style:default-style style:family="paragraph"><style:paragraph-properties fo:margin-bottom="0.2cm"/><style:text-properties fo:font-size="10pt" fo:font-family="'Liberation Sans', Arial, sans-serif" fo:language="nl" fo:country="NL"/></style:default-style><style:style style:name="Standard" style:family="paragraph" style:class="text"/><style:style style:name="Title" style:family="paragraph" style:parent-style-name="Standard"><style:text-properties fo:font-size="20pt" fo:font-weight="bold"/></style:style><style:style style:name="Heading_20_1" style:display-name="Heading 1" style:family="paragraph" style:parent-style-name="Standard" style:default-outline-level="1"><style:paragraph-properties fo:margin-top="0.6cm" fo:keep-with-next="always"/><style:text-properties fo:font-size="16pt" fo:font-weight="bold"/></style:style><style:style style:name="Heading_20_2" style:display-name="Heading 2" style:family="paragraph" style:parent-style-name="Standard" style:default-outline-level="2"><style:paragraph-properties fo:margin-top="0.4cm" fo:keep-with-next="always"/><style:text-properties fo:font-size="13pt" fo:font-weight="bold"/></style:style><style:style style:name="Heading_20_3" style:display-name="Heading 3" style:family="paragraph" style:parent-style-name="Standard" style:default-outline-level="3"><style:paragraph-properties fo:margin-top="0.3cm" fo:keep-with-next="always"/><style:text-properties fo:font-size="11pt" fo:font-weight="bold"/></style:style><style:style style:name="Quotations" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:margin-left="0.6cm" fo:padding="0.1cm" fo:border-left="0.07cm solid #154273"/></style:style><style:style style:name="Caption" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:keep-with-next="always"/><style:text-properties fo:font-weight="bold"/></style:style><style:style style:name="Table_20_Contents" style:display-name="Table Contents" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:margin-bottom="0cm"/><style:text-properties fo:font-size="9pt"/></style:style><style:style style:name="Table_20_Heading" style:display-name="Table Heading" style:family="paragraph" style:parent-style-name="Table_20_Contents"><style:text-properties fo:font-weight="bold"/></style:style><style:style style:name="Cijfers" style:family="paragraph" style:parent-style-name="Table_20_Contents"><style:paragraph-properties fo:text-align="end"/></style:style><style:style style:name="Naam" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style></office:styles><office:automatic-styles><style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin="2cm"/></style:page-layout></office:automatic-styles><office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4"/></office:master-styles>"##;

const AUTOMATIC: &str = r##"<office:automatic-styles><style:style style:name="cel" style:family="table-cell"><style:table-cell-properties fo:padding="0.08cm" fo:border="0.02cm solid #6b7682"/></style:style><style:style style:name="kopcel" style:family="table-cell"><style:table-cell-properties fo:padding="0.08cm" fo:border="0.02cm solid #6b7682" fo:background-color="#f3f5f8"/></style:style></office:automatic-styles>"##;

type Xml = Writer<Vec<u8>>;

/// The bytes of the file.
pub fn bestand(stuk: &Stuk, gemaakt: Timestamp) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let packed = SimpleFileOptions::default();
    let stored = packed.compression_method(CompressionMethod::Stored);
    let members = [
        ("META-INF/manifest.xml", MANIFEST.as_bytes().to_vec()),
        ("content.xml", content(stuk)?),
        ("styles.xml", raw("office:document-styles", STYLES)?),
        ("meta.xml", meta(&stuk.titel, gemaakt)?),
    ];
    zip.start_file("mimetype", stored)?;
    zip.write_all(MEDIATYPE.as_bytes())?;
    for (name, bytes) in members {
        zip.start_file(name, packed)?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn content(stuk: &Stuk) -> io::Result<Vec<u8>> {
    let mut xml = begin("office:document-content")?;
    xml.get_mut().write_all(AUTOMATIC.as_bytes())?;
    start(&mut xml, "office:body", &[])?;
    start(&mut xml, "office:text", &[])?;
    paragraph(&mut xml, "Title", &stuk.titel)?;
    for (number, blok) in stuk.blokken.iter().enumerate() {
        block(&mut xml, number, blok)?;
    }
    for name in ["office:text", "office:body", "office:document-content"] {
        end(&mut xml, name)?;
    }
    Ok(xml.into_inner())
}

fn block(xml: &mut Xml, number: usize, blok: &Blok) -> io::Result<()> {
    match blok {
        Blok::Kop(level, text, _) => {
            // The title stands above them all: their levels begin one higher here.
            let level = level.saturating_sub(1).max(1).to_string();
            let style = format!("Heading_20_{level}");
            let attributes = [
                ("text:style-name", style.as_str()),
                ("text:outline-level", &level),
            ];
            start(xml, "text:h", &attributes)?;
            line(xml, text)?;
            end(xml, "text:h")
        }
        Blok::Alinea(text) => paragraph(xml, "Standard", text),
        Blok::Letterlijk(text) => {
            let mut lines = text.split('\n');
            lines.try_for_each(|line| paragraph(xml, "Quotations", line))
        }
        Blok::Lijst(items) => {
            start(xml, "text:list", &[])?;
            for item in items {
                start(xml, "text:list-item", &[])?;
                paragraph(xml, "Standard", item)?;
                end(xml, "text:list-item")?;
            }
            end(xml, "text:list")
        }
        Blok::Gegevens(pairs) => {
            let mut pairs = pairs.iter();
            pairs.try_for_each(|(name, value)| pair(xml, name, value))
        }
        Blok::Tabel(tabel) => table(xml, number, tabel),
    }
}

/// A name and its value on a line; further lines of the value stay with it.
fn pair(xml: &mut Xml, name: &str, value: &str) -> io::Result<()> {
    start(xml, "text:p", &[("text:style-name", "Standard")])?;
    start(xml, "text:span", &[("text:style-name", "Naam")])?;
    line(xml, name)?;
    xml.write_event(Event::Text(BytesText::new(":")))?;
    end(xml, "text:span")?;
    xml.write_event(Event::Text(BytesText::new(" ")))?;
    for (at, part) in value.split('\n').enumerate() {
        if at > 0 {
            xml.write_event(Event::Empty(BytesStart::new("text:line-break")))?;
        }
        line(xml, part)?;
    }
    end(xml, "text:p")
}

fn table(xml: &mut Xml, number: usize, tabel: &Tabel) -> io::Result<()> {
    paragraph(xml, "Caption", &tabel.titel)?;
    let name = format!("Tabel{number}");
    start(xml, "table:table", &[("table:name", &name)])?;
    let columns = tabel.koppen.len().max(1).to_string();
    let column = [("table:number-columns-repeated", columns.as_str())];
    xml.write_event(Event::Empty(
        BytesStart::new("table:table-column").with_attributes(column),
    ))?;
    start(xml, "table:table-header-rows", &[])?;
    start(xml, "table:table-row", &[])?;
    for (kop, _) in &tabel.koppen {
        cell(xml, "kopcel", "Table_20_Heading", kop)?;
    }
    end(xml, "table:table-row")?;
    end(xml, "table:table-header-rows")?;
    for rij in &tabel.rijen {
        start(xml, "table:table-row", &[])?;
        for (at, cel) in rij.iter().enumerate() {
            let figures = tabel.koppen.get(at).is_some_and(|(_, figures)| *figures);
            let style = if figures {
                "Cijfers"
            } else {
                "Table_20_Contents"
            };
            cell(xml, "cel", style, cel)?;
        }
        end(xml, "table:table-row")?;
    }
    end(xml, "table:table")?;
    // Two tables without anything in between would be one.
    paragraph(xml, "Standard", "")
}

fn cell(xml: &mut Xml, cell: &str, style: &str, text: &str) -> io::Result<()> {
    let attributes = [("office:value-type", "string"), ("table:style-name", cell)];
    start(xml, "table:table-cell", &attributes)?;
    for line in text.split('\n') {
        paragraph(xml, style, line)?;
    }
    end(xml, "table:table-cell")
}

fn paragraph(xml: &mut Xml, style: &str, text: &str) -> io::Result<()> {
    start(xml, "text:p", &[("text:style-name", style)])?;
    line(xml, text)?;
    end(xml, "text:p")
}

fn meta(title: &str, made: Timestamp) -> io::Result<Vec<u8>> {
    let mut xml = begin("office:document-meta")?;
    start(&mut xml, "office:meta", &[])?;
    let date = made.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let values = [
        ("meta:generator", "Zoek & Vind"),
        ("dc:title", title),
        ("dc:language", "nl-NL"),
        ("meta:creation-date", &date),
        ("dc:date", &date),
    ];
    for (name, value) in values {
        start(&mut xml, name, &[])?;
        xml.write_event(Event::Text(BytesText::new(value)))?;
        end(&mut xml, name)?;
    }
    end(&mut xml, "office:meta")?;
    end(&mut xml, "office:document-meta")?;
    Ok(xml.into_inner())
}

fn raw(root: &str, inner: &str) -> io::Result<Vec<u8>> {
    let mut xml = begin(root)?;
    xml.get_mut().write_all(inner.as_bytes())?;
    end(&mut xml, root)?;
    Ok(xml.into_inner())
}

fn begin(root: &str) -> io::Result<Xml> {
    let mut xml = Writer::new(Vec::new());
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    start(&mut xml, root, &NAMESPACES)?;
    Ok(xml)
}

/// One line. In a text a tab is an element, other than in a sheet.
fn line(xml: &mut Xml, text: &str) -> io::Result<()> {
    for (at, part) in text.split('\t').enumerate() {
        if at > 0 {
            xml.write_event(Event::Empty(BytesStart::new("text:tab")))?;
        }
        tabel::line(xml, part)?;
    }
    Ok(())
}

fn start(xml: &mut Xml, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
    xml.write_event(Event::Start(start))
}

fn end(xml: &mut Xml, name: &str) -> io::Result<()> {
    xml.write_event(Event::End(BytesEnd::new(name)))
}
