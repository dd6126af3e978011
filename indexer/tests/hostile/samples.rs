//! One small whole file of every format that is read, for tests that damage them. Never reads anything but the
//! office files of before 2007 and the archives of DOS beside the tests.

use std::io::{Cursor, Write};

use super::chats::CHATS;

/// A whole file.
pub struct Sample {
    pub name: &'static str,
    /// The format that it must be recognised as.
    pub format: &'static str,
    pub bytes: Vec<u8>,
    /// The format knows where it ends, so that a cut file must say so.
    pub knows_its_end: bool,
}

const LETTER: &str =
    "Geachte raad,\nHet besluit over de dijkverzwaring bij Waterveen valt in het voorjaar.\n";

const LZH: &[u8] = include_bytes!("../fixtures/dos.lzh");
const ARJ: &[u8] = include_bytes!("../fixtures/dos.arj");
const ARJ_FAST: &[u8] = include_bytes!("../fixtures/dos-snel.arj");

fn letter() -> String {
    LETTER.repeat(6)
}

/// All of them.
pub fn all() -> Vec<Sample> {
    let mut all: Vec<Sample> = Vec::new();
    let mut add =
        |name: &'static str, format: &'static str, bytes: Vec<u8>, knows_its_end: bool| {
            all.push(Sample {
                name,
                format,
                bytes,
                knows_its_end,
            });
        };
    for (name, format, text) in plain() {
        add(name, format, text.into_bytes(), false);
    }
    for (name, format, text) in CHATS {
        add(name, format, text.as_bytes().to_vec(), false);
    }
    for (name, format, bytes) in packages() {
        add(name, format, bytes, true);
    }
    for (name, format, bytes) in packed() {
        add(name, format, bytes, true);
    }
    for (name, format, bytes) in super::binary::databases() {
        add(name, format, bytes, true);
    }
    for (name, format, bytes) in super::binary::all() {
        add(name, format, bytes, false);
    }
    all
}

fn plain() -> Vec<(&'static str, &'static str, String)> {
    let letter = letter();
    let line = letter.replace('\n', " ");
    let mail = format!(
        "From: a@waterveen.example\r\nTo: b@waterveen.example\r\nSubject: =?utf-8?B?RGlqaw==?=\r\nMessage-ID: <1@x>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"g\"\r\n\r\n--g\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: quoted-printable\r\n\r\nCaf=C3=A9 {line}\r\n--g\r\nContent-Type: text/html\r\n\r\n<p>{line}</p>\r\n\
         --g\r\nContent-Type: application/pdf; name=\"n.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--g--\r\n"
    );
    let from = "From a@waterveen.example Fri Mar  1 10:00:00 2019\n";
    let page = "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://waterveen.example\r\nSubject: Dijk\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"A\"\r\n\r\n--A\r\nContent-Type: text/html\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\n<html><body><p>Caf=C3=A9</body></html>\r\n--A--\r\n";
    let rtf = format!(
        "{{\\rtf1\\ansi\\ansicpg1252{{\\fonttbl{{\\f0\\fcharset0 Arial;}}}}{{\\info{{\\title Dijk}}}}\\f0 {}\\par {{\\*\\bkmkstart a}}caf\\'e9 \\u8364?\\par\\trowd\\cell a\\cell b\\row}}",
        letter.replace('\n', "\\par ")
    );
    let fixture = |name: &str| {
        let path = format!("{}/tests/fixtures/bron/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(path).unwrap()
    };
    vec![
        ("brief.txt", "txt", letter.clone()),
        ("brief.md", "md", format!("# Kop\n\n* {letter}")),
        ("lijst.csv", "csv", "naam;bedrag\n\"De; dijk\";12,50\n".repeat(20)),
        ("lijst.tsv", "tsv", "naam\tbedrag\nDe dijk\t12,50\n".repeat(20)),
        ("gegevens.json", "json", format!("{{\"dijk\":[{}1],\"x\":\"\\u00e9\"}}", "{\"naam\":\"dijk\",\"n\":1.5},".repeat(20))),
        ("film.vtt", "vtt", "WEBVTT\n\n".to_owned() + &"00:01.000 --> 00:04.000\n<v Jan>De dijk\n\n".repeat(10)),
        ("film.srt", "srt", "1\n00:00:01,000 --> 00:00:04,000\n<i>De dijk</i>\n\n".repeat(10)),
        ("a.xml", "xml", format!("<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY d \"dijk\">]><r a=\"1\"><![CDATA[{letter}]]>{}</r>", "<p>De &amp; &#233; &d;</p>".repeat(10))),
        ("a.svg", "svg", format!("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><g>{}</g></svg>", "<text x=\"1\">De dijk</text>".repeat(10))),
        ("a.html", "html", format!("<!doctype html><html><head><meta charset=utf-8><title>Dijk</title><style>p{{}}</style></head><body><!-- x --><table><tr><td>{line}</td></tr></table><script>a<b</script>&eacute;&#x20ac;</body></html>")),
        ("brief.rtf", "rtf", rtf),
        ("bericht.eml", "eml", mail.clone()),
        ("post.mbox", "mbox", format!("{from}{mail}\n{from}{mail}\n").replace("\r\n", "\n")),
        ("pagina.mht", "mht", page.to_owned()),
        ("agenda.ics", "ics", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Europe/Amsterdam:20190301T100000\r\nRRULE:FREQ=WEEKLY\r\nSUMMARY:Over\r\n leg dijk\r\nATTENDEE;CN=\"Jan\":mailto:jan@x.nl\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".into()),
        ("kaart.vcf", "vcf", "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Caf=C3=A9;Jan\r\nFN:Jan\r\nTEL:06\r\nPHOTO;ENCODING=BASE64:/9j/4AAQ\r\n\r\nNOTE:dijk\\nweg\r\nEND:VCARD\r\n".into()),
        ("brug.fodt", "fodt", fixture("brug.fodt")),
        ("kosten.fods", "fods", fixture("kosten.fods")),
        ("inloop.fodp", "fodp", fixture("inloop.fodp")),
    ]
}

/// A zip of these members.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = zip::write::SimpleFileOptions::default();
        let method = match *name {
            "mimetype" => zip::CompressionMethod::Stored,
            _ => zip::CompressionMethod::Deflated,
        };
        zip.start_file(*name, options.compression_method(method))
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn relations(list: &[(&str, &str, &str)]) -> String {
    let list = list.iter().map(|(id, kind, target)| {
        format!("<Relationship Id=\"{id}\" Type=\"http://schemas/{kind}\" Target=\"{target}\"/>")
    });
    format!(
        "<Relationships>{}</Relationships>",
        list.collect::<String>()
    )
}

fn packages() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let core = b"<x><dc:title>Dijk</dc:title><dc:creator>Kees</dc:creator></x>";
    let words = "<w:p><w:r><w:t>Het besluit over de dijk</w:t></w:r><w:del><w:r><w:delText>oud</w:delText></w:r></w:del></w:p>".repeat(5);
    let word = format!(
        "<w:document><w:body>{words}<w:tbl><w:tr><w:tc>{words}</w:tc></w:tr></w:tbl></w:body></w:document>"
    );
    let word_parts = relations(&[
        ("r1", "header", "header1.xml"),
        ("r2", "comments", "comments.xml"),
    ]);
    let slide =
        "<p:sld><p:sp><p:txBody><a:p><a:r><a:t>De dijk</a:t></a:r></a:p></p:txBody></p:sp></p:sld>";
    let slides = relations(&[("b", "slide", "slides/slide1.xml")]);
    let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is><t>dijk</t></is></c></row><row r=\"1048576\"><c r=\"XFD2\" s=\"1\"><v>43525</v></c></row></sheetData></worksheet>";
    let sheets = relations(&[
        ("r1", "worksheet", "worksheets/sheet1.xml"),
        ("r3", "sharedStrings", "sharedStrings.xml"),
        ("r4", "styles", "styles.xml"),
    ]);
    let text = "<c><text:h>Kop</text:h><text:p>a<text:s text:c=\"2\"/>dijk<text:note><text:note-body><text:p>noot</text:p></text:note-body></text:note></text:p></c>";
    let table = "<c><office:spreadsheet><table:table table:name=\"B\"><table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row><table:table-row><table:table-cell office:value=\"3\"><text:p>dijk</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></c>";
    let drawn = "<c><draw:page><draw:frame><draw:text-box><text:p>dijk</text:p></draw:text-box></draw:frame></draw:page></c>";
    let open = |kind: &str, content: &str| {
        let kind = format!("application/vnd.oasis.opendocument.{kind}");
        zip(&[
            ("mimetype", kind.as_bytes()),
            ("content.xml", content.as_bytes()),
            ("meta.xml", b"<m><dc:title>Dijk</dc:title></m>"),
            (
                "styles.xml",
                b"<s><style:header><text:p>kop</text:p></style:header></s>",
            ),
        ])
    };
    let visio =
        "<Types><Override ContentType=\"application/vnd.ms-visio.drawing.main+xml\"/></Types>";
    vec![
        ("a.docx", "docx", zip(&[("_rels/.rels", relations(&[("r", "officeDocument", "word/document.xml")]).as_bytes()), ("docProps/core.xml", core), ("word/document.xml", word.as_bytes()), ("word/_rels/document.xml.rels", word_parts.as_bytes()), ("word/header1.xml", words.as_bytes()), ("word/comments.xml", b"<w:comments><w:comment w:author=\"Jan\"><w:p><w:r><w:t>zie</w:t></w:r></w:p></w:comment></w:comments>")])),
        ("a.pptx", "pptx", zip(&[("docProps/core.xml", core), ("ppt/presentation.xml", b"<p:presentation><p:sldIdLst><p:sldId id=\"1\" r:id=\"b\"/></p:sldIdLst></p:presentation>"), ("ppt/_rels/presentation.xml.rels", slides.as_bytes()), ("ppt/slides/slide1.xml", slide.as_bytes())])),
        ("a.xlsx", "xlsx", zip(&[("docProps/core.xml", core), ("xl/workbook.xml", b"<workbook><sheets><sheet name=\"A\" r:id=\"r1\"/></sheets></workbook>"), ("xl/_rels/workbook.xml.rels", sheets.as_bytes()), ("xl/sharedStrings.xml", b"<sst><si><t>gedeeld</t></si></sst>"), ("xl/styles.xml", b"<s><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></s>"), ("xl/worksheets/sheet1.xml", sheet.as_bytes())])),
        ("a.xlsb", "xlsb", super::binary::xlsb()),
        ("a.odt", "odt", open("text", text)),
        ("a.ods", "ods", open("spreadsheet", table)),
        ("a.odp", "odp", open("presentation", drawn)),
        ("a.odg", "odg", open("graphics", drawn)),
        ("a.epub", "epub", zip(&[("mimetype", b"application/epub+zip"), ("META-INF/container.xml", b"<container><rootfiles><rootfile full-path=\"b.opf\"/></rootfiles></container>"), ("b.opf", b"<package><metadata><dc:title>Dijk</dc:title></metadata><manifest><item id=\"a\" href=\"a.xhtml\"/></manifest><spine><itemref idref=\"a\"/></spine></package>"), ("a.xhtml", b"<html><body><p>De dijk</p></body></html>")])),
        ("a.vsdx", "vsdx", zip(&[("[Content_Types].xml", visio.as_bytes()), ("visio/pages/pages.xml", b"<Pages><Page Name=\"Een\"><Rel r:id=\"r1\"/></Page></Pages>"), ("visio/pages/_rels/pages.xml.rels", relations(&[("r1", "page", "page1.xml")]).as_bytes()), ("visio/pages/page1.xml", b"<PageContents><Shapes><Shape><Text>De dijk</Text></Shape></Shapes></PageContents>")])),
        ("oud.pages", "iwork", zip(&[("buildVersionHistory.plist", b""), ("index.xml", b"<sl:document><sf:text-body><sf:p>De dijk</sf:p></sf:text-body></sl:document>")])),
        ("nieuw.pages", "iwork", zip(&[("Index/Document.iwa", &super::binary::iwa())])),
        ("a.zip", "zip", zip(&[("map/brief.txt", letter().as_bytes()), ("leeg.txt", b""), ("twee.txt", b"Nog een brief over de dijk.")])),
    ]
}

/// A tar with two members.
fn tar() -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for name in ["map/brief.txt", "twee.txt"] {
        let text = letter();
        let mut head = tar::Header::new_gnu();
        head.set_size(text.len() as u64);
        head.set_mode(0o644);
        head.set_cksum();
        builder
            .append_data(&mut head, name, text.as_bytes())
            .unwrap();
    }
    builder.into_inner().unwrap()
}

fn packed() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let mixed: String = (0..400)
        .map(|at: u32| {
            format!(
                "regel {} over de dijk {}\n",
                at.wrapping_mul(2_654_435_761),
                at
            )
        })
        .collect();
    let text = mixed.as_bytes();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(text).unwrap();
    let mut bz2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    bz2.write_all(text).unwrap();
    let mut xz =
        lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    xz.write_all(text).unwrap();
    let zst = ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest);
    let mut seven = sevenz_rust2::ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    for name in ["map/brief.txt", "twee.txt"] {
        seven
            .push_archive_entry(
                sevenz_rust2::ArchiveEntry::new_file(name),
                Some(Cursor::new(text)),
            )
            .unwrap();
    }
    let rar = |version| {
        let mut builder = rars::Builder::new(version);
        builder
            .add_bytes(b"brief.txt".to_vec(), text.to_vec(), None, None)
            .unwrap();
        builder
            .add_bytes(b"twee.txt".to_vec(), letter().into_bytes(), None, None)
            .unwrap();
        builder.to_bytes().unwrap()
    };
    vec![
        ("a.txt.gz", "gz", gz.finish().unwrap()),
        ("a.txt.bz2", "bz2", bz2.finish().unwrap()),
        ("a.txt.xz", "xz", xz.finish().unwrap()),
        ("a.txt.zst", "zst", zst),
        ("a.7z", "7z", seven.finish().unwrap().into_inner()),
        ("a.tar", "tar", tar()),
        ("a.cab", "cab", super::images::cabinet(text)),
        ("a.lzh", "lha", LZH.to_vec()),
        ("a.arj", "arj", ARJ.to_vec()),
        ("snel.arj", "arj", ARJ_FAST.to_vec()),
        ("a.iso", "iso", super::images::disk(&text[..8192])),
        ("a.uue", "uue", super::images::uuencoded(text)),
        ("oud.rar", "rar", rar(rars::ArchiveVersion::Rar29)),
        ("nieuw.rar", "rar", rar(rars::ArchiveVersion::Rar50)),
    ]
}
