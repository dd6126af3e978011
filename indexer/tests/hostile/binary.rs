//! Small whole files of the formats that are no text: PDF, OLE, mail of Outlook, images, sound, tables. What cannot be
//! made in a few lines (old Office files, a mailbox of Outlook, a database of Access) lies beside the tests.

use std::io::{Cursor, Read, Write};

use super::samples::zip;

/// A mailbox and a database, which say it when a part of them is gone.
pub fn databases() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let fixture = |name: &str| {
        let path = format!("{}/tests/fixtures/{name}.gz", env!("CARGO_MANIFEST_DIR"));
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap())
            .read_to_end(&mut bytes)
            .unwrap();
        bytes
    };
    vec![
        ("melders.mdb", "mdb", fixture("melders.mdb")),
        ("melders.accdb", "accdb", fixture("melders.accdb")),
        ("postvak.pst", "pst", fixture("postvak.pst")),
    ]
}

/// Name, format and bytes.
pub fn all() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let fixture = |name: &str| {
        std::fs::read(format!(
            "{}/tests/fixtures/{name}",
            env!("CARGO_MANIFEST_DIR")
        ))
        .unwrap()
    };
    let box_of = |kind: &[u8]| {
        [
            &[0, 0, 0, 24],
            b"ftyp".as_slice(),
            kind,
            &[0; 4],
            b"mif1",
            kind,
            &[0; 64],
        ]
        .concat()
    };
    vec![
        ("a.pdf", "pdf", pdf()),
        ("brug.doc", "doc", fixture("brug.doc")),
        ("kosten.xls", "xls", fixture("kosten.xls")),
        ("inloop.ppt", "ppt", fixture("inloop.ppt")),
        ("a.msg", "msg", msg()),
        ("winmail.dat", "tnef", tnef()),
        ("a.p7m", "p7m", signed()),
        ("a.pub", "pub", publication()),
        ("a.vsd", "vsd", ole(&[("/VisioDocument", b"x")])),
        ("a.one", "one", one()),
        ("a.wpd", "wpd", wpd(2, b"Een\x80caf\xf0\x29\x01\xf0\x80op\xcfde\x80dijk\xcc\xd4\x11\x08\0abc\xd4\xf1\0\0\0\xf1weg\xf1\x01\0\0\xf1Tweede\x80regel\x0f\xd0\x0a\x06\0\0\xd0twee")),
        ("a.wp5", "wpd", wpd(0, b"Een caf\xc0\x29\x01\xc0 op\x0dde dijk\x0a\xc3\x08\xc3vet\xc4\x08\xc4\xd1\x02\x05\0a\x05\0\x02\xd1\x0a\xdc\x01\x04\0\x04\0\x01\xdccel\xdc\0\x04\0\x04\0\0\xdc")),
        ("a.dbf", "dbf", dbf()),
        ("a.png", "png", png()),
        ("a.tif", "tiff", tiff()),
        ("a.jpg", "jpeg", [b"\xff\xd8\xff\xe1\0\xa0Exif\0\0".as_slice(), &tiff(), b"\xff\xdb\0\x43", &[1; 65], b"\xff\xd9"].concat()),
        ("a.gif", "gif", b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x21\xfe\x05Dijk!\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;".to_vec()),
        ("a.bmp", "bmp", [b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0\x02\0\0\0\x01\0\x18\0".as_slice(), &[0; 40]].concat()),
        ("a.webp", "webp", [b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0".as_slice(), &[0; 24]].concat()),
        ("a.heic", "heif", box_of(b"heic")),
        ("a.avif", "avif", box_of(b"avif")),
        ("a.jp2", "jp2", [b"\0\0\0\x0cjP  \r\n\x87\n".as_slice(), &[0; 60]].concat()),
        ("a.psd", "psd", [b"8BPS\0\x01\0\0\0\0\0\0\0\x03".as_slice(), &[0; 60]].concat()),
        ("a.djvu", "djvu", [b"AT&TFORM\0\0\0\x40DJVUINFO".as_slice(), &[0; 60]].concat()),
        ("a.mp3", "mp3", song()),
        ("a.wav", "wav", [b"RIFF\x34\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x08\0\0\0".as_slice(), &[128; 8], b"LIST\x10\0\0\0INFOINAM\x04\0\0\0Dijk"].concat()),
        ("a.flac", "flac", [b"fLaC\0\0\0\x22".as_slice(), &[16; 34], b"\x84\0\0\x1a\x04\0\0\0Dijk\x01\0\0\0\x0a\0\0\0TITLE=Dijk"].concat()),
        ("a.mp4", "mp4", [b"\0\0\0\x18ftypisom\0\0\0\0isomiso2\0\0\0\x60moov\0\0\0\x58udta\0\0\0\x50meta\0\0\0\0".as_slice(), &[1; 68]].concat()),
    ]
}

fn pdf() -> Vec<u8> {
    let content = "BT /F 12 Tf 72 700 Td (Het besluit over de dijkverzwaring) Tj T* [(bij )-250(Waterveen)] TJ ET\n".repeat(4);
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(content.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let map = "/CIDInit /ProcSet findresource begin 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <20> <7e> <0020> endbfrange end";
    let plain = |dictionary: &str, bytes: &[u8]| {
        let head = format!("<< {dictionary} /Length {} >>\nstream\n", bytes.len());
        [head.as_bytes(), bytes, b"\nendstream"].concat()
    };
    let objects: Vec<Vec<u8>> = vec![
        b"<< /Type /Catalog /Pages 2 0 R /Outlines 8 0 R /AcroForm << /Fields [10 0 R] >> /Names << /EmbeddedFiles << /Names [(a.txt) 11 0 R] >> >> >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 /MediaBox [0 0 595 842] /Resources << /Font << /F 7 0 R >> >> >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /Contents 5 0 R /Annots [10 0 R] >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /Contents [6 0 R] >>".to_vec(),
        plain("/Filter /FlateDecode", &packed),
        plain("", content.as_bytes()),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode 13 0 R >>".to_vec(),
        b"<< /Type /Outlines /First 9 0 R /Last 9 0 R /Count 1 >>".to_vec(),
        b"<< /Title (Kop) /Parent 8 0 R /Dest [3 0 R /Fit] >>".to_vec(),
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (veld) /V (waarde) /Rect [0 0 9 9] >>".to_vec(),
        b"<< /Type /Filespec /F (a.txt) /EF << /F 12 0 R >> >>".to_vec(),
        plain("/Type /EmbeddedFile", b"Een bijlage over de dijk."),
        plain("", map.as_bytes()),
        b"<< /Title <FEFF00440069006A006B> /CreationDate (D:20190301100000+01'00') >>".to_vec(),
    ];
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (at, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend(format!("{} 0 obj\n", at + 1).bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let start = file.len();
    let size = objects.len() + 1;
    file.extend(format!("{table}trailer\n<< /Size {size} /Root 1 0 R /Info {} 0 R >>\nstartxref\n{start}\n%%EOF\n", size - 1).bytes());
    file
}

fn ole(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut ole = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in streams {
        if let Some((folder, _)) = name.rsplit_once('/') {
            ole.create_storage_all(folder).unwrap();
        }
        ole.create_stream(name).unwrap().write_all(bytes).unwrap();
    }
    ole.into_inner().into_inner()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The entries of a list of properties: tag and length of each.
fn entries(head: usize, list: &[(u32, usize)]) -> Vec<u8> {
    let mut bytes = vec![0; head];
    for (tag, size) in list {
        bytes.extend(tag.to_le_bytes());
        bytes.extend([6, 0, 0, 0]);
        bytes.extend((*size as u64).to_le_bytes());
    }
    bytes
}

fn msg() -> Vec<u8> {
    let (kind, subject, body) = (
        wide("IPM.Note"),
        wide("Planning dijk"),
        wide(&"Geachte heer, het café aan de dijk.\r\n".repeat(20)),
    );
    let (name, address) = (wide("Jan"), wide("jan@rws.nl"));
    let own = entries(
        32,
        &[
            (0x001a_001f, kind.len() + 2),
            (0x0037_001f, subject.len() + 2),
            (0x1000_001f, body.len() + 2),
        ],
    );
    let receiver = entries(
        8,
        &[
            (0x0c15_0003, 1),
            (0x3001_001f, name.len() + 2),
            (0x39fe_001f, address.len() + 2),
        ],
    );
    let file = wide("nota.txt");
    let attached = entries(
        8,
        &[
            (0x3705_0003, 1),
            (0x3707_001f, file.len() + 2),
            (0x3701_0102, 9),
        ],
    );
    ole(&[
        ("/__nameid_version1.0/__substg1.0_00020102", b""),
        ("/__properties_version1.0", &own),
        ("/__substg1.0_001A001F", &kind),
        ("/__substg1.0_0037001F", &subject),
        ("/__substg1.0_1000001F", &body),
        (
            "/__recip_version1.0_#00000000/__properties_version1.0",
            &receiver,
        ),
        ("/__recip_version1.0_#00000000/__substg1.0_3001001F", &name),
        (
            "/__recip_version1.0_#00000000/__substg1.0_39FE001F",
            &address,
        ),
        (
            "/__attach_version1.0_#00000000/__properties_version1.0",
            &attached,
        ),
        ("/__attach_version1.0_#00000000/__substg1.0_3707001F", &file),
        (
            "/__attach_version1.0_#00000000/__substg1.0_37010102",
            b"Een brief",
        ),
    ])
}

fn tnef() -> Vec<u8> {
    let mut bytes = vec![0x78, 0x9f, 0x3e, 0x22, 1, 0];
    let list = [
        &1u32.to_le_bytes()[..],
        &[0x1f, 0, 0x02, 0x5d],
        &1u32.to_le_bytes(),
        &14u32.to_le_bytes(),
        &wide("a@rws.n"),
        &[0, 0],
    ]
    .concat();
    for (level, id, data) in [
        (1u8, 0x0006_9007u32, &1252u32.to_le_bytes()[..]),
        (1, 0x0001_8004, b"Caf\xe9\0"),
        (1, 0x0002_800c, b"De brief over de dijk\0"),
        (1, 0x0006_9003, &list),
        (2, 0x0006_9002, &[0; 14]),
        (2, 0x0001_8010, b"NOTA.TXT\0"),
        (2, 0x0006_800f, b"Een bijlage"),
    ] {
        bytes.push(level);
        bytes.extend(id.to_le_bytes());
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend(data);
        let sum = data
            .iter()
            .fold(0u16, |sum, byte| sum.wrapping_add((*byte).into()));
        bytes.extend(sum.to_le_bytes());
    }
    bytes
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    [
        &[tag, 0x82],
        &(content.len() as u16).to_be_bytes()[..],
        content,
    ]
    .concat()
}

fn signed() -> Vec<u8> {
    let oid = |last: u8| vec![6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, last];
    let mail = b"Content-Type: text/plain\r\n\r\nondertekend";
    let pieces = [
        vec![0x24, 0x80],
        der(4, &mail[..10]),
        der(4, &mail[10..]),
        vec![0, 0],
    ]
    .concat();
    let inner = der(0x30, &[oid(1), der(0xa0, &pieces)].concat());
    let data = der(0x30, &[vec![2, 1, 1], der(0x31, &[]), inner].concat());
    der(0x30, &[oid(2), der(0xa0, &data)].concat())
}

fn publication() -> Vec<u8> {
    let text = wide("Een café\rTweede\r");
    let mut quill = b"CHNKINK ".to_vec();
    quill.resize(0x20, 0);
    quill.extend(b"\x18\0TEXT\0\0\0\0\0\0TEXT");
    quill.extend(600u32.to_le_bytes());
    quill.extend((text.len() as u32).to_le_bytes());
    quill.resize(600, 0);
    quill.extend(text);
    ole(&[("/Quill/QuillSub/CONTENTS", &quill)])
}

fn one() -> Vec<u8> {
    let mut bytes = b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3".to_vec();
    bytes.resize(1024, 0);
    for text in [wide("Overleg café\0"), b"Los tekstje".to_vec()] {
        bytes.extend([0x22, 0x1c, 0, 0x1c]);
        bytes.extend((text.len() as u32).to_le_bytes());
        bytes.extend(text);
    }
    bytes
}

fn wpd(major: u8, text: &[u8]) -> Vec<u8> {
    [
        b"\xffWPC\x10\0\0\0\x01\x0a",
        &[major, 1, 0, 0, 0, 0][..],
        text,
    ]
    .concat()
}

fn dbf() -> Vec<u8> {
    let mut bytes = vec![3, 119, 3, 1, 3, 0, 0, 0, 97, 0, 15, 0];
    bytes.resize(32, 0);
    for (name, kind, width) in [("NAAM", b'C', 6), ("DATUM", b'D', 8)] {
        let mut field = name.as_bytes().to_vec();
        field.resize(11, 0);
        field.extend([kind, 0, 0, 0, 0, width]);
        field.resize(32, 0);
        bytes.extend(field);
    }
    bytes.push(0x0d);
    bytes.extend(b" Ren\xe9e 20190301*Piet  20200101 Jan   20210101\x1a");
    bytes
}

fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, chunk) in [
        (b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0][..]),
        (b"tEXt", b"Title\0Caf\xe9"),
        (b"zTXt", b"Comment\0\0x\x9c"),
        (b"iTXt", b"Author\0\0\0nl\0\0Ren\xc3\xa9e"),
        (b"IEND", b""),
    ] {
        bytes.extend((chunk.len() as u32).to_be_bytes());
        bytes.extend(kind);
        bytes.extend(chunk);
        bytes.extend([0; 4]);
    }
    bytes
}

fn tiff() -> Vec<u8> {
    let texts: [(u16, &[u8]); 3] = [
        (0x010e, b"De dijk bij Delft\0"),
        (0x0132, b"2019:03:01 10:11:12\0"),
        (0x013b, b"Ren\xc3\xa9e\0"),
    ];
    let mut bytes = b"II*\0\x08\0\0\0\x03\0".to_vec();
    let mut from = 50;
    for (tag, text) in &texts {
        bytes.extend(tag.to_le_bytes());
        bytes.extend([2, 0]);
        bytes.extend((text.len() as u32).to_le_bytes());
        bytes.extend((from as u32).to_le_bytes());
        from += text.len();
    }
    bytes.extend([0; 4]);
    bytes.extend(texts.iter().flat_map(|(_, text)| text.iter()));
    bytes
}

fn song() -> Vec<u8> {
    let frame = |name: &[u8], content: &[u8]| {
        [
            name,
            &(content.len() as u32).to_be_bytes(),
            &[0, 0],
            content,
        ]
        .concat()
    };
    let frames = [
        frame(b"TIT2", b"\0Vergadering raad"),
        frame(b"COMM", b"\0nld\0Opname"),
        frame(b"USLT", b"\0nld\0Hier waakt de dijk"),
    ]
    .concat();
    let size = [0, 0, (frames.len() >> 7) as u8, (frames.len() & 0x7f) as u8];
    let silence = [b"\xff\xfb\x90\x64".as_slice(), &[0; 413]].concat();
    [
        b"ID3\x03\0\0".as_slice(),
        &size,
        &frames,
        &silence.repeat(3),
    ]
    .concat()
}

/// A part of a document of iWork.
pub fn iwa() -> Vec<u8> {
    let field = |number: u8, bytes: &[u8]| [&[number << 3 | 2, bytes.len() as u8], bytes].concat();
    let text = field(3, "Een café aan de dijk".as_bytes());
    let info = [&[8, 0xd1, 0x0f, 24, text.len() as u8 | 0x80, 0], &[][..]].concat();
    let head = [vec![8, 1], field(2, &info)].concat();
    let object = [&[head.len() as u8], head.as_slice(), &text].concat();
    let block = snap::raw::Encoder::new().compress_vec(&object).unwrap();
    let length = (block.len() as u32).to_le_bytes();
    [&[0, length[0], length[1], length[2]], block.as_slice()].concat()
}

/// A workbook in binary records.
pub fn xlsb() -> Vec<u8> {
    let record = |kind: u32, body: &[u8]| {
        let kind = match kind {
            ..128 => vec![kind as u8],
            _ => vec![kind as u8 | 0x80, (kind >> 7) as u8],
        };
        [
            kind.as_slice(),
            &[body.len() as u8 | 0x80, (body.len() >> 7) as u8],
            body,
        ]
        .concat()
    };
    let text = |text: &str| {
        [
            &(text.encode_utf16().count() as u32).to_le_bytes()[..],
            &wide(text),
        ]
        .concat()
    };
    let listed = [&[0, 0, 0, 0, 1, 0, 0, 0][..], &text("r1"), &text("Kosten")].concat();
    // A row, a text of its own and a shared one.
    let sheet = [
        record(0, &[0; 17]),
        record(6, &[&[0; 8][..], &text("dijk")].concat()),
        record(7, &[0; 12]),
        record(2, &[&[0; 8][..], &[0x8a, 0xa8, 2, 0]].concat()),
        record(146, &[]),
    ]
    .concat();
    zip(&[
        ("[Content_Types].xml", b"<Types><Override ContentType=\"application/vnd.ms-excel.sheet.binary.macroEnabled.main\"/></Types>"),
        ("xl/workbook.bin", &record(156, &listed)),
        ("xl/_rels/workbook.bin.rels", b"<Relationships><Relationship Id=\"r1\" Type=\"http://schemas/worksheet\" Target=\"worksheets/sheet1.bin\"/><Relationship Id=\"r3\" Type=\"http://schemas/sharedStrings\" Target=\"sharedStrings.bin\"/></Relationships>"),
        ("xl/sharedStrings.bin", &record(19, &[&[0][..], &text("gedeeld")].concat())),
        ("xl/worksheets/sheet1.bin", &sheet),
    ])
}
