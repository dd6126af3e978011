//! The story of the quay on the Noordsingel, told in what people use beside letters: a chat as two phones exported it,
//! a mailbox and a message of Outlook, an invitation, a business card, a saved web page and an e-book.

use std::io;

use super::pack::{self, Member};
use super::{Content, Entry, Text, pdf, text};

const FOLDER: &str = "Projecten/Kadeherstel Noordsingel";
const OFFER: &str = "Offerte damwand Noordsingel.pdf";

/// One conversation from two phones: an iPhone and an Android telephone each write it in their own way.
const FROM_IPHONE: &str = include_str!("kade-iphone.txt");
const FROM_ANDROID: &str = include_str!("kade-android.txt");

/// A mailbox of four mails, and the last of its thread as a file. No library writes these: the writer of the readers'
/// tests (`indexer/src/read/pst/testing.rs`) made them once.
const MAILBOX: &[u8] = include_bytes!("kade.pst");
const MESSAGE: &[u8] = include_bytes!("kade.msg");

/// The entries.
pub fn entries() -> io::Result<Vec<Entry>> {
    let place = |name: &str| format!("{FOLDER}/{name}");
    let all = [
        (
            place("Chats/WhatsApp-export Marieke Visser.zip"),
            "2024-03-18 09:10",
            chat_export()?,
        ),
        (
            place("Chats/WhatsApp-chat met Werkgroep Kadeherstel Noordsingel.txt"),
            "2024-03-18 10:02",
            FROM_ANDROID.into(),
        ),
        (
            "Postvakken/Marieke Visser.pst".into(),
            "2024-03-20 18:00",
            MAILBOX.into(),
        ),
        (
            place("Antw Offerte damwand Noordsingel.msg"),
            "2024-03-13 10:20",
            MESSAGE.into(),
        ),
        (
            place("Startoverleg heiwerk.ics"),
            "2024-03-15 09:30",
            INVITATION.into(),
        ),
        (place("Contacten.vcf"), "2024-03-11 12:00", CARDS.into()),
        (
            place("Nieuwsbericht kade.mht"),
            "2024-03-12 08:00",
            WEB_PAGE.into(),
        ),
        (
            place("Handreiking kademuren.epub"),
            "2023-10-02 09:00",
            book()?,
        ),
        (
            place("Inspectie kade ondertiteling.vtt"),
            "2024-03-08 15:00",
            SUBTITLES.into(),
        ),
    ];
    Ok(all
        .into_iter()
        .map(|(path, date, bytes)| Entry {
            path: path.into(),
            date,
            content: Content::Bytes(bytes),
        })
        .collect())
}

/// What WhatsApp sends: the conversation with its attachments.
fn chat_export() -> io::Result<Vec<u8>> {
    const TEXT: Text = text(
        super::Format::Pdf,
        "2024-03-12 10:40",
        "Bas van der Linden",
        OFFER,
        "Offerte damwand Noordsingel",
        "Offerte 2024-031 voor de gemeente Waterveen.\n\nDamwand van 12 meter, geleverd en geheid: 212.400 euro. \
         Verankering: 31.750 euro. De levertijd is week 14. Deze offerte geldt tot 1 mei 2024.",
    );
    let members = [
        Member {
            name: "_chat.txt".into(),
            data: FROM_IPHONE.into(),
        },
        Member {
            name: format!("00000012-{OFFER}"),
            data: pdf::text(&TEXT)?,
        },
    ];
    pack::zip(&members, "2024-03-18 09:10", None)
}

const INVITATION: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Waterveen//Agenda//NL\r\nMETHOD:REQUEST\r\n\
BEGIN:VEVENT\r\nUID:heiwerk-2024@waterveen.example\r\nDTSTAMP:20240315T083000Z\r\nDTSTART:20240402T070000Z\r\n\
DTEND:20240402T080000Z\r\nSUMMARY:Startoverleg heiwerk Noordsingel\r\nLOCATION:Bouwkeet Noordsingel 40\r\n\
ORGANIZER;CN=Pieter Hoekstra:mailto:pieter.hoekstra@waterveen.example\r\n\
ATTENDEE;CN=Bas van der Linden:mailto:bas@lindenfunderingen.example\r\n\
ATTENDEE;CN=Samira El Amrani:mailto:samira.elamrani@waterveen.example\r\n\
DESCRIPTION:Trillingsmeters staan klaar. Meenemen: veiligheidsplan en de lijst van bewoners.\r\n\
END:VEVENT\r\nEND:VCALENDAR\r\n";

const CARDS: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bas van der Linden\r\nORG:Linden Funderingen\r\n\
TITLE:Projectleider\r\nTEL;TYPE=CELL:06 555 01 023\r\nEMAIL:bas@lindenfunderingen.example\r\n\
NOTE:Bereikbaar voor storingen aan de damwand.\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nFN:Pieter Hoekstra\r\n\
ORG:Gemeente Waterveen;Beheer Openbare Ruimte\r\nTITLE:Toezichthouder kades\r\nTEL;TYPE=WORK:0161 555 011\r\n\
END:VCARD\r\n";

const WEB_PAGE: &str = "From: <Bewaard door de browser>\r\nSubject: Kade Noordsingel verzakt\r\n\
Date: Tue, 12 Mar 2024 08:00:00 +0100\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/related; type=\"text/html\"; boundary=\"grens\"\r\n\r\n--grens\r\n\
Content-Type: text/html; charset=utf-8\r\nContent-Location: https://nieuws.waterveen.example/kade\r\n\r\n\
<html><head><title>Kade Noordsingel verzakt</title></head><body><h1>Kade Noordsingel verzakt</h1>\
<p>De kade aan de Noordsingel is over zestig meter verzakt. De gemeente heeft de parkeerstrook afgezet en begint \
begin april met het herstel.</p><p>Omwonenden kunnen schade melden bij het projectbureau.</p></body></html>\r\n\
--grens--\r\n";

const SUBTITLES: &str = "WEBVTT\n\n00:00:04.000 --> 00:00:09.000\nWe staan hier bij de kade aan de Noordsingel.\n\n\
00:00:10.000 --> 00:00:16.000\nDe scheur in het metselwerk is vijf centimeter breder dan vorig jaar.\n";

/// An e-book with two chapters.
fn book() -> io::Result<Vec<u8>> {
    let chapter = |title: &str, text: &str| {
        format!(
            "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>{title}</title></head>\
             <body><h1>{title}</h1><p>{text}</p></body></html>"
        )
    };
    let parts = [
        ("mimetype", "application/epub+zip".to_owned()),
        (
            "META-INF/container.xml",
            "<?xml version=\"1.0\"?><container version=\"1.0\" xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\">\
             <rootfiles><rootfile full-path=\"boek.opf\" media-type=\"application/oebps-package+xml\"/></rootfiles>\
             </container>"
                .into(),
        ),
        (
            "boek.opf",
            "<?xml version=\"1.0\"?><package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\" \
             unique-identifier=\"id\"><metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:identifier id=\"id\">\
             kademuren-2023</dc:identifier><dc:title>Handreiking kademuren</dc:title><dc:creator>Kenniscentrum Kades\
             </dc:creator><dc:language>nl</dc:language><dc:date>2023-10-01</dc:date></metadata><manifest><item id=\"a\" \
             href=\"een.xhtml\" media-type=\"application/xhtml+xml\"/><item id=\"b\" href=\"twee.xhtml\" \
             media-type=\"application/xhtml+xml\"/></manifest><spine><itemref idref=\"a\"/><itemref idref=\"b\"/></spine>\
             </package>"
                .into(),
        ),
        (
            "een.xhtml",
            chapter(
                "Inspecteren",
                "Inspecteer een kademuur elk jaar onder en boven water. Leg verzakkingen vast in millimeters.",
            ),
        ),
        (
            "twee.xhtml",
            chapter(
                "Herstellen",
                "Een damwand met verankering gaat vijftig jaar mee, zonder verankering dertig jaar.",
            ),
        ),
    ];
    let members: Vec<Member> = parts
        .into_iter()
        .map(|(name, text)| Member {
            name: name.into(),
            data: text.into_bytes(),
        })
        .collect();
    pack::zip(&members, "2023-10-02 09:00", None)
}
