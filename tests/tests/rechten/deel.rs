//! The share: what lies on it, whose it is by the lists that Samba keeps, and who may see a file by those. Owns the rule
//! that says so in one line; never asks the program.

use crate::samba::{ALL, ANNA, BERT, GROUP, Samba};
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use tempfile::TempDir;
use zv_tests::archive::{Numbers, put, zip};
use zv_tests::zaak::listing;

/// The two sources of the share.
pub const BRONNEN: [&str; 2] = ["archief", "directie"];

/// Words that texts are made of and questions ask for.
pub const WORDS: [&str; 24] = [
    "dijk",
    "dijken",
    "subsidie",
    "subsidies",
    "gemaal",
    "besluit",
    "besluiten",
    "woning",
    "woningbouw",
    "vergunning",
    "toelage",
    "aardgas",
    "winning",
    "begroting",
    "nota",
    "advies",
    "raad",
    "minister",
    "kamerbrief",
    "overleg",
    "verslag",
    "concept",
    "bezwaar",
    "termijn",
];

const FOLDERS: [&str; 5] = [
    "open",
    "personeel",
    "personeel/dossiers",
    "kamer",
    "postvak",
];

/// A folder that only the group comes into.
const CLOSED: &str = "/kamer/";

/// What stands in the list of a file, and who may see it by that.
type Kind = (Vec<String>, fn(&str) -> bool);

fn kinds() -> [Kind; 6] {
    let read = 0x0012_00a9;
    let allow = |who: &str| format!("ACL:{who}:0/0x0/{read:#010x}");
    let deny = |who: &str| format!("ACL:{who}:1/0x0/0x001f01ff");
    [
        (vec![allow(ALL)], |_| true),
        (vec![allow(ANNA)], |who| who == ANNA),
        (vec![allow(GROUP)], |who| who == BERT),
        (vec![deny(ANNA), allow(ALL)], |who| who != ANNA),
        (vec![deny(GROUP), allow(BERT), allow(ANNA)], |who| {
            who == ANNA
        }),
        (vec![allow("S-1-5-18")], |_| false),
    ]
}

/// The number that the name of a file begins with.
fn number(name: &str) -> usize {
    name.rsplit('/').next().unwrap()[..3].parse().unwrap()
}

/// Whether somebody sees a file by the rights on the share.
pub fn sees(who: &str, name: &str) -> bool {
    let comes_there = who == BERT || !name.contains(CLOSED);
    comes_there && kinds()[number(name) % kinds().len()].1(who)
}

/// The files, served by Samba.
pub struct Deel {
    _samba: Samba,
    folder: TempDir,
}

impl Deel {
    pub fn new() -> Deel {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path());
        let samba = Samba::start(folder.path());
        let all = &kinds()[0].0;
        samba.set("", all);
        for bron in BRONNEN {
            samba.set(bron, all);
        }
        for name in FOLDERS {
            let list = usize::from(name == "kamer") * 2;
            samba.set(&format!("archief/{name}"), &kinds()[list].0);
        }
        for path in listing(folder.path()) {
            let name = path.strip_prefix(folder.path()).unwrap().to_str().unwrap();
            samba.set(name, &kinds()[number(name) % kinds().len()].0);
        }
        Deel {
            _samba: samba,
            folder,
        }
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Copies the files of a source that somebody sees, and nothing of the others; gives their number.
    pub fn copy(&self, bron: &str, to: &Path, sees: &dyn Fn(&str) -> bool) -> usize {
        let mut copied = 0;
        for path in listing(&self.root().join(bron)) {
            let name = path.strip_prefix(self.root()).unwrap().to_str().unwrap();
            if !sees(name) {
                continue;
            }
            let target = to.join(path.strip_prefix(self.root().join(bron)).unwrap());
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(&path, &target).unwrap();
            dated(&target, number(name));
            copied += 1;
        }
        copied
    }
}

/// Gives a file the day that goes with its number.
fn dated(path: &Path, number: usize) {
    let day = Duration::from_secs(86_400 * (15_000 + 41 * number as u64));
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(UNIX_EPOCH + day).unwrap();
}

fn sentence(numbers: &mut Numbers, words: usize) -> String {
    let words: Vec<&str> = (0..words).map(|_| numbers.one(&WORDS)).collect();
    words.join(" ")
}

/// Notes of a few words, the same and nearly the same ones in other folders, mails that answer each other, and zips.
fn fill(root: &Path) {
    let numbers = &mut Numbers::new(11);
    let mut next = 0;
    let mut place = |source: &str, rest: &str, content: Vec<u8>| {
        let folder = FOLDERS[next / 3 % 4];
        let folder = if rest.ends_with("eml") {
            "postvak"
        } else {
            folder
        };
        let name = match source {
            "archief" => format!("archief/{folder}/{next:03} {rest}"),
            _ => format!("{source}/{next:03} {rest}"),
        };
        put(root, &name, content);
        dated(&root.join(&name), next);
        next += 1;
    };
    for _ in 0..60 {
        let words = 6 + numbers.below(30);
        place("archief", "nota.txt", sentence(numbers, words).into());
    }
    // Copies, of which some see one and others the other.
    for at in 0..12 {
        let text = format!("Afschrift {at}: {}", sentence(numbers, 12));
        place("archief", "afschrift.txt", text.clone().into());
        place(BRONNEN[at % 2], "afschrift.txt", text.into());
    }
    for at in 0..7 {
        let text = format!("{} versie {at}", sentence(numbers, 150));
        place("archief", "versie.txt", text.clone().into());
        place("archief", "versie.txt", format!("{text} gewijzigd").into());
    }
    for at in 0..9 {
        let body = sentence(numbers, 10);
        place("archief", "bericht.eml", mail(at, 0, &body).into());
        let answer = format!("Akkoord.\n\n> {body}");
        place("archief", "bericht.eml", mail(at, 1, &answer).into());
    }
    for at in 0..6 {
        let (one, two) = (sentence(numbers, 9), sentence(numbers, 9));
        let members = [
            ("een.txt", one.as_bytes()),
            ("map/twee.txt", two.as_bytes()),
        ];
        place(BRONNEN[at % 2], "pak.zip", zip(&members));
    }
    for _ in 0..14 {
        let words = 6 + numbers.below(20);
        place("directie", "nota.txt", sentence(numbers, words).into());
    }
}

/// The first mail of a thread, or its answer.
fn mail(thread: usize, answer: usize, body: &str) -> String {
    let people = [
        "jan@proef.example",
        "els@proef.example",
        "ria@proef.example",
    ];
    let (from, to) = (
        people[(thread + answer) % 3],
        people[(thread + answer + 1) % 3],
    );
    let (subject, reference) = match answer {
        0 => (String::new(), String::new()),
        _ => (
            "Re: ".to_owned(),
            format!("In-Reply-To: <{thread}-0@proef.example>\n"),
        ),
    };
    format!(
        "From: {from}\nTo: {to}\nSubject: {subject}Zaak {thread} {}\nDate: {:02} Mar 2021 10:0{answer}:00 +0000\n\
         Message-ID: <{thread}-{answer}@proef.example>\n{reference}Content-Type: text/plain; charset=utf-8\n\n{body}\n",
        WORDS[thread],
        1 + thread,
    )
}
