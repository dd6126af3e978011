//! The odd entries of the archive: what every real network drive has and no text table can tell. Copies,
//! broken and empty files, lock files, pictures, links and a name that is not UTF-8.

use std::io;

use super::picture::Picture;
use super::{Content, Entry, Text, rendered};

/// The same bytes in two places: where they come from and where they also stand.
pub const COPIES: &[(&str, &str)] = &[
    (
        "Afdeling Milieu/Dossiers/2021 Windpark De Noord/03 Besluit/Besluit vergunningverlening 2021-4567.pdf",
        "Directie Juridische Zaken/Woo-verzoeken/Z-2021-000123 Windpark/Bijlagen/Besluit vergunningverlening 2021-4567.pdf",
    ),
    (
        "Directie Inkoop/2020 Mondkapjes/Leveringen mondkapjes.csv",
        "Directie Juridische Zaken/Woo-verzoeken/Z-2022-000456 Mondkapjes/Leveringen (kopie).csv",
    ),
    (
        "Sociaal Domein/Kinderopvangtoeslag/Plan van aanpak gedupeerde ouders.docx",
        "Gedeeld/Oud/Kopie van Plan van aanpak gedupeerde ouders.docx",
    ),
];

/// A PDF that nobody can open without its password, `waterveen`. Made once from a page of the archive's own
/// with `qpdf --encrypt waterveen beheer 256 -- in.pdf versleuteld.pdf`.
const ENCRYPTED_PDF: &[u8] = include_bytes!("versleuteld.pdf");

/// Documents in the formats of before 2007, which no one writes here: LibreOffice made them for the readers' tests.
const OLD_WORD: &[u8] = include_bytes!("../../../indexer/tests/fixtures/brug.doc");
const OLD_EXCEL: &[u8] = include_bytes!("../../../indexer/tests/fixtures/kosten.xls");

/// The odd entries.
pub fn entries() -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for (from, to) in COPIES {
        entries.push(file(to, "2022-11-28 14:05", rendered(from)?));
    }
    entries.extend(unreadable()?);
    entries.extend(left_behind());
    entries.extend(from_before_2007());
    let drawn = "Afdeling Milieu/Dossiers/2021 Windpark De Noord/02 Onderzoek/Situatietekening turbines.png";
    entries.push(file(drawn, "2021-01-22 11:00", drawing().png()?));
    #[cfg(unix)]
    entries.extend(unix_entries());
    Ok(entries)
}

fn file(path: &str, date: &'static str, bytes: Vec<u8>) -> Entry {
    Entry {
        path: path.into(),
        date,
        content: Content::Bytes(bytes),
    }
}

/// Broken, empty and encrypted files.
fn unreadable() -> io::Result<[Entry; 4]> {
    let half = |path: &str| {
        rendered(path).map(|mut bytes| {
            bytes.truncate(bytes.len() / 2);
            bytes
        })
    };
    Ok([
        file(
            "Directie Bedrijfsvoering/Renovatie gemeentehuis/Bestek renovatie (beschadigd).docx",
            "2019-02-11 16:40",
            half("Directie Bedrijfsvoering/Renovatie gemeentehuis/Programma van eisen.docx")?,
        ),
        file(
            "Gedeeld/Oud/Jaarverslag kinderopvangtoeslag afgebroken kopie.pdf",
            "2023-02-20 09:12",
            half("Sociaal Domein/Kinderopvangtoeslag/Jaarverslag hersteloperatie 2022.pdf")?,
        ),
        file(
            "Gedeeld/Oud/Nieuw tekstdocument.txt",
            "2018-06-04 08:00",
            Vec::new(),
        ),
        file(
            "Directie Juridische Zaken/Adviezen/Advies advocaat (versleuteld).pdf",
            "2022-05-17 13:30",
            ENCRYPTED_PDF.to_vec(),
        ),
    ])
}

fn from_before_2007() -> [Entry; 2] {
    let folder = "Gedeeld/Oud/2009 Brug over de Ried";
    [
        file(
            &format!("{folder}/Collegevoorstel brug.doc"),
            "2009-03-04 16:30",
            OLD_WORD.to_vec(),
        ),
        file(
            &format!("{folder}/Kosten brug.xls"),
            "2009-03-04 16:45",
            OLD_EXCEL.to_vec(),
        ),
    ]
}

/// What Windows and Word leave behind and nobody wrote.
fn left_behind() -> [Entry; 4] {
    let windpark = "Afdeling Milieu/Dossiers/2021 Windpark De Noord";
    [
        file(
            &format!("{windpark}/02 Onderzoek/Thumbs.db"),
            "2021-02-01 10:10",
            [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 1016]].concat(),
        ),
        file(
            &format!("{windpark}/05 Overleg/~$rslag overleg omwonenden.docx"),
            "2021-09-08 15:20",
            lock_file("Noor Achterveld"),
        ),
        file(
            "Directie Inkoop/2020 Mondkapjes/~$lock.docx",
            "2020-04-03 21:47",
            lock_file("Ilse Vroonhoven"),
        ),
        file(
            "Gedeeld/desktop.ini",
            "2018-03-01 07:00",
            b"[.ShellClassInfo]\r\nIconIndex=3\r\n".to_vec(),
        ),
    ]
}

/// What only a file system of Unix can hold.
#[cfg(unix)]
fn unix_entries() -> [Entry; 2] {
    use std::os::unix::ffi::OsStringExt;
    let name = std::ffi::OsString::from_vec(b"Gedeeld/Oud/Notitie caf\xe9 De Brug.txt".to_vec());
    let note = "Notitie terrasvergunning café De Brug\n\nDe exploitant vraagt een terrasvergunning voor twaalf \
        tafels. De vergunningverlening loopt via het bestuursorgaan; de aanvraag kreeg nummer Z-2018-000031.\n";
    [
        Entry {
            path: name.into(),
            date: "2018-05-14 12:00",
            content: Content::Bytes(note.into()),
        },
        Entry {
            path: "Postbus/Windpark (snelkoppeling)".into(),
            date: "2021-03-01 09:00",
            content: Content::Link("../Afdeling Milieu/Dossiers/2021 Windpark De Noord"),
        },
    ]
}

/// The file that Word leaves beside an open document: the length of the name, the name, twice.
fn lock_file(name: &str) -> Vec<u8> {
    let length = u8::try_from(name.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![length];
    bytes.extend(name.bytes());
    bytes.resize(54, b' ');
    bytes.push(length);
    bytes.push(0);
    bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
    bytes.resize(162, b' ');
    bytes
}

/// Sheets of paper as a scanner gives them, black and white, a little askew and speckled. The text is that of the table;
/// made once with LibreOffice, `pdftoppm -r 150` and a few lines of Python.
pub fn scanned(text: &Text) -> &'static [u8] {
    match text.title {
        "Zienswijze Lage Dijk" => include_bytes!("scan-zienswijze.png"),
        _ => include_bytes!("scan-factuur.png"),
    }
}

/// A drawing of six turbines along a dike.
fn drawing() -> Picture {
    let mut sheet = Picture::sheet(640, 400, 255);
    sheet.write(30, 20, 3, "Windpark De Noord");
    sheet.write(30, 52, 2, "Situatie 1:5000 - dossier 2021/4567");
    sheet.fill(30, 320, 580, 6, 120);
    sheet.write(30, 340, 2, "Lage Dijk");
    for turbine in 0..6 {
        let x = 60 + turbine * 95;
        sheet.fill(x, 170, 4, 150, 60);
        sheet.fill(x - 30, 168, 64, 4, 60);
        sheet.fill(x, 120, 4, 50, 60);
        sheet.write(x - 8, 296, 2, &format!("T{}", turbine + 1));
    }
    sheet
}
