//! Archives to index: invented texts, mails and zips, always the same for the same seed. Never writes outside the
//! folder that it is given.

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Numbers that look random and are always the same (splitmix64).
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// A row of numbers of its own for each seed.
    pub fn new(seed: u64) -> Numbers {
        Numbers(seed)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % end as u64).unwrap()
    }

    /// One of `values`.
    pub fn one<'a, T: ?Sized>(&mut self, values: &[&'a T]) -> &'a T {
        values[self.below(values.len())]
    }
}

/// Words that civil servants write; some rare, so that searches find few as well as many.
pub const WORDS: &[&str] = &[
    "de",
    "het",
    "een",
    "van",
    "en",
    "in",
    "voor",
    "met",
    "aan",
    "op",
    "vergunning",
    "vergunningen",
    "besluit",
    "besluiten",
    "aanvraag",
    "bezwaar",
    "bezwaren",
    "beroep",
    "gemeente",
    "provincie",
    "raad",
    "college",
    "wethouder",
    "burgemeester",
    "subsidie",
    "subsidieregeling",
    "stikstof",
    "stikstofuitstoot",
    "windpark",
    "windmolens",
    "geluid",
    "overlast",
    "omwonenden",
    "inspraak",
    "zienswijze",
    "Woo-verzoek",
    "openbaar",
    "openbaarheid",
    "documenten",
    "notitie",
    "verslag",
    "overleg",
    "begroting",
    "jaarverslag",
    "onderzoek",
    "rapport",
    "advies",
    "commissie",
    "termijn",
    "2019",
    "2020",
    "2021",
    "art.",
    "5.1",
    "nota's",
    "café",
    "privé",
    "coördinatie",
    "Z-2021-000123",
];

const RARE: &[&str] = &[
    "zeldzaamheid",
    "kwelder",
    "zandbank",
    "molenaar",
    "brandgang",
];

/// A text of `words` words in lines.
pub fn text(numbers: &mut Numbers, words: usize) -> String {
    let mut text = String::new();
    for at in 0..words {
        let word = match numbers.below(300) {
            0 => numbers.one(RARE),
            _ => numbers.one(WORDS),
        };
        text.push_str(word);
        text.push_str(match (at % 12, numbers.below(9)) {
            (11, _) => ".\n",
            (_, 0) => ", ",
            _ => " ",
        });
    }
    text
}

/// A mail with its attachments: name and text of each.
pub fn mail(id: &str, subject: &str, body: &str, attachments: &[(&str, &str)]) -> Vec<u8> {
    let mut mail = format!(
        "From: Noor Achterveld <n.achterveld@waterveen.example>\r\nTo: archief@waterveen.example\r\n\
         Subject: {subject}\r\nDate: Tue, 09 Mar 2021 10:24:00 +0100\r\nMessage-ID: <{id}@waterveen.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"grens\"\r\n\r\n"
    );
    part(&mut mail, "", body);
    for (name, text) in attachments {
        part(
            &mut mail,
            &format!("Content-Disposition: attachment; filename=\"{name}\"\r\n"),
            text,
        );
    }
    mail.push_str("--grens--\r\n");
    mail.into_bytes()
}

fn part(mail: &mut String, head: &str, text: &str) {
    write!(
        mail,
        "--grens\r\nContent-Type: text/plain; charset=utf-8\r\n{head}\r\n{text}\r\n"
    )
    .unwrap();
}

/// A zip file with these members.
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Writes a file, with the folders that lead to it.
pub fn put(root: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let file = root.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, bytes).unwrap();
}

/// Writes `count` files below `root`: mostly texts, every tenth a mail with an attachment, every tenth a zip with a
/// text, a mail and another zip.
pub fn fill(root: &Path, seed: u64, count: usize) {
    for at in 0..count {
        let mut numbers = Numbers::new(seed.wrapping_mul(1_000_003).wrapping_add(at as u64));
        let (path, bytes) = file(&mut numbers, at);
        put(root, &path, bytes);
    }
}

/// The file with this number.
pub fn file(numbers: &mut Numbers, at: usize) -> (String, Vec<u8>) {
    let folder = format!("afdeling {}/{}", at % 7, at % 31);
    let length = 20 + numbers.below(300);
    let body = text(numbers, length);
    match at % 10 {
        3 => {
            let inside = text(numbers, 40);
            let mail = mail(
                &format!("m{at}"),
                &format!("bericht {at}"),
                &body,
                &[("bijlage.txt", &inside)],
            );
            (format!("{folder}/bericht {at}.eml"), mail)
        }
        7 => {
            let inner = zip(&[("diep.txt", text(numbers, 30).as_bytes())]);
            let mail = mail(&format!("z{at}"), "in een zip", &text(numbers, 30), &[]);
            let members = [
                ("map/een.txt", body.as_bytes()),
                ("twee.eml", &mail),
                ("drie.zip", &inner),
            ];
            (format!("{folder}/pakket {at}.zip"), zip(&members))
        }
        5 => (
            format!("{folder}/notitie {at}.md"),
            format!("# Notitie {at}\n\n{body}").into_bytes(),
        ),
        _ => (format!("{folder}/brief {at}.txt"), body.into_bytes()),
    }
}

/// How many entries below `root` are no folders.
pub fn count_files(root: &Path) -> u64 {
    let count = |entry: fs::DirEntry| match entry.file_type().unwrap().is_dir() {
        true => count_files(&entry.path()),
        false => 1,
    };
    fs::read_dir(root)
        .unwrap()
        .map(|entry| count(entry.unwrap()))
        .sum()
}
