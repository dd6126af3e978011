//! Small archives, made from a seed: the same seed gives the same archive everywhere.
//! The words are few, so that questions find something, and awkward on purpose. Never reads a clock.

use std::collections::BTreeSet;
use zv_shared::access::{Access, EVERYBODY};
use zv_shared::{
    Archief, ContentHash, DateOrigin, Dated, Dates, DocId, Document, Fingerprint, GroupKey,
    Likeness, PartialDate, Place, Public, Published, Readability, Relations,
};

use super::Known;

/// Words that share forms, parts, beginnings and letters with each other.
pub const WORDS: [&str; 67] = [
    "de",
    "het",
    "van",
    "en",
    "niet",
    "subsidie",
    "Subsidies",
    "subsidieregeling",
    "regeling",
    "regelingen",
    "besluit",
    "besluiten",
    "besluitvorming",
    "dijk",
    "dijken",
    "dijkje",
    "hoge",
    "hoger",
    "gemeente",
    "Woo-verzoek",
    "woo-verzoeken",
    "wooverzoek",
    "woo",
    "huur",
    "besluitnota",
    "verzoek",
    "toeslag",
    "toeslagen",
    "huurtoeslag",
    "kinderopvangtoeslagen",
    "toelage",
    "aardgas",
    "aardgaswinning",
    "winning",
    "gas",
    "liep",
    "lopen",
    "loopt",
    "advies",
    "adviezen",
    "concept",
    "conceptbesluit",
    "e-mail",
    "email",
    "nota's",
    "nota",
    "2023/4567",
    "4567",
    "1.250.000",
    "1250000",
    "5.1",
    "art.",
    "jan@min.nl",
    "min.nl",
    "coördinatie",
    "coordinatie",
    "sub\u{ad}sidie",
    "in-\nformatie",
    "informatie",
    "be-\nsluit-\nvorming",
    "woo-\nverzoek",
    "IJsselmeer",
    "ĳsselmeer",
    "10:30",
    "§",
    "A",
    "a-b-c",
];
/// Dates, numbers and papers of parliament, each in many ways, and terms of the list of synonyms.
pub const TOGETHER: [&str; 59] = [
    "nota_05-01-23",
    "5.1.23-def",
    "5-1-2023",
    "05-01-2023",
    "5/1/2023",
    "5.1.2023",
    "5-jan-2023",
    "2023-01-05",
    "2023-1-5",
    "20230105",
    "5 januari 2023",
    "05 Jan. 2023",
    "5 1 2023",
    "2023 januari 5",
    "5 feb 2023",
    "05-01-23",
    "5/1/23",
    "5-01-23",
    "5 jan 23",
    "5 Januari '23",
    "5-1-1923",
    "5 januari 1923",
    "19230105",
    "5-1-1823",
    "29-02-00",
    "2023-01-05T14:30:00Z",
    "2023-01-05 14:30",
    "5-1-23 9:05",
    "20230105T143000",
    "14:30",
    "31-2-2023",
    "1250",
    "1 250",
    "1.250",
    "1\u{202f}250",
    "1.250,50",
    "250.000",
    "1250000",
    "1 250 000",
    "1.250.000",
    "1.250.000,00",
    "250 000",
    "250000",
    "32802-73",
    "32 802-73",
    "32 802, nr. 73",
    "32802, nr. 73",
    "32 802 nr 73",
    "32802",
    "HGD",
    "HGD's",
    "NHD",
    "hoge dijken",
    "hoge dijk besluit",
    "nota hoge dijk besluit van huur",
    "dijken besluit",
    "DB",
    "BN",
    "nota hoge dijk",
];
/// What stands between words; most often just a space.
const BREAKS: [&str; 16] = [
    ", ", ". ", ". ", ". ", "! ", "?\n", "\n", "\n\n", ".\n\n", "\n- ", "-\n", "\u{c}", ".\u{c}",
    "\u{1e}", " - ", "; ",
];
const NAMES: [&str; 5] = [
    "Jan de Vries",
    "j.devries@min.nl",
    "Vries, Jan",
    "Dienst Dijken",
    "info@gemeente.nl",
];
pub const FORMATS: [&str; 4] = ["pdf", "docx", "eml", "txt"];
pub const DATES: [&str; 9] = [
    "2018",
    "2019",
    "2019-06",
    "2019-06-30",
    "2019-07-01",
    "2020",
    "2020-02-29",
    "2020-12-31",
    "2021-01",
];
pub const BRONNEN: [&str; 3] = ["schijf", "mail-archief", "schijf-2"];
const FOLDERS: [&str; 5] = [
    "",
    "dijken/",
    "dijken/2019/",
    "dijken-oud/",
    "Besluiten/subsidie a/",
];

/// A xorshift generator.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        // The first numbers of neighbouring seeds resemble each other.
        for _ in 0..8 {
            random.next();
        }
        random
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True once in `n` times.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    pub fn some<'a, T: ?Sized>(&mut self, one_in: usize, from: &[&'a T]) -> Option<&'a T> {
        if self.once_in(one_in) {
            None
        } else {
            Some(self.pick(from))
        }
    }
}

pub fn date(text: &str) -> PartialDate {
    PartialDate::parse(text).unwrap()
}

fn one(random: &mut Random) -> &'static str {
    match random.once_in(7) {
        true => random.pick(&TOGETHER),
        false => random.pick(&WORDS),
    }
}

fn text(random: &mut Random, most: usize) -> String {
    let mut text = String::new();
    // A text is about something: a few words come back.
    let topic: Vec<&str> = (0..6).map(|_| one(random)).collect();
    let mut between = "";
    for _ in 0..random.below(most + 1) {
        let word = match random.below(3) {
            0 => one(random),
            _ => random.pick(&topic),
        };
        text += between;
        if between.trim().is_empty() && !random.once_in(8) {
            text += word;
        } else {
            text.extend(word.chars().take(1).flat_map(char::to_uppercase));
            text.extend(word.chars().skip(1));
        }
        between = match random.once_in(3) {
            true => random.pick(&BREAKS),
            false => " ",
        };
    }
    // A text can end in the middle of nothing, or begin with it.
    if random.once_in(6) {
        text += between;
    }
    if random.once_in(12) {
        text.insert_str(0, random.pick(&BREAKS));
    }
    text
}

fn names(random: &mut Random) -> Vec<String> {
    (0..random.below(3))
        .map(|_| random.pick(&NAMES).to_owned())
        .collect()
}

fn dates(random: &mut Random) -> Dates {
    Dates {
        sent: if random.once_in(3) {
            Some(date(random.pick(&DATES)))
        } else {
            None
        },
        document: if random.once_in(2) {
            Some(Dated {
                date: date(random.pick(&DATES)),
                origin: DateOrigin::Metadata,
            })
        } else {
            None
        },
        changed: random.some(4, &DATES).map(date),
        sent_at: None,
    }
}

/// Groups that a few documents share.
fn relations(random: &mut Random) -> Relations {
    let published = match random.below(4) {
        number @ (0 | 1) => Some(Published {
            how: Public::ALL[number],
            id: DocId([7; 16]),
            place: "https://example.nl/besluit.pdf".into(),
        }),
        _ => None,
    };
    let mut group = |groups: usize| match random.below(groups) {
        0 => None,
        number => Some(GroupKey(number as u64)),
    };
    Relations {
        published,
        same: group(20),
        near: group(5),
        thread: group(4),
        likeness: Likeness::ALL[random.below(3)],
        ..Relations::default()
    }
}

fn archief(random: &mut Random) -> Archief {
    let beperkingen = ["openbaar", "beperkt openbaar; persoonlijke levenssfeer"];
    Archief {
        dossier: random
            .some(2, &["Archief / Serie A", "Archief / Serie B"])
            .map(str::to_owned),
        beperkingen: beperkingen[..random.below(3)]
            .iter()
            .map(|value| (*value).to_owned())
            .collect(),
        waardering: random.some(3, &["B", "V", "N"]).map(str::to_owned),
        bewaren_tot: None,
        kenmerken: Vec::new(),
    }
}

/// The days of a chat: they leave days, months and years between them open.
fn message_days(random: &mut Random) -> Vec<PartialDate> {
    let day = |random: &mut Random| {
        let (year, month) = (2019 + random.below(3), 1 + random.below(12));
        PartialDate::parse(&format!("{year}-{month:02}-{:02}", 1 + random.below(28)))
    };
    let days: BTreeSet<PartialDate> = (0..1 + random.below(4))
        .filter_map(|_| day(random))
        .collect();
    days.into_iter().collect()
}

fn document(
    random: &mut Random,
    id: DocId,
    family: DocId,
    bron: &str,
    place: Place,
    ordinal: u32,
) -> Known {
    let readability = [
        Readability::Leesbaar,
        Readability::Gedeeltelijk,
        Readability::Onleesbaar,
    ][random.below(3)];
    let body = if readability == Readability::Onleesbaar {
        String::new()
    } else {
        text(random, 24)
    };
    let title = text(random, 3);
    let mut document = Document {
        id,
        bron: bron.to_owned(),
        title: if title.trim().is_empty() {
            place.name()
        } else {
            title
        },
        place,
        format: random.pick(&FORMATS).to_owned(),
        kind: random.pick(&["brief", "e-mail", "nota"]).to_owned(),
        authors: names(random),
        from: names(random),
        to: names(random),
        people: names(random),
        custodian: random.some(3, &["jan", "fatima"]).map(str::to_owned),
        dates: dates(random),
        days: Vec::new(),
        language: random.some(4, &["nl", "en"]).map(str::to_owned),
        readability,
        reason: (readability != Readability::Leesbaar).then(|| "Kapot.".to_owned()),
        metadata: (0..random.below(2))
            .map(|_| ("trefwoord".to_owned(), text(random, 2)))
            .collect(),
        family,
        parent: (id != family).then_some(family),
        ordinal,
        complete: true,
        fingerprint: Fingerprint::default(),
        content: Some(ContentHash([random.below(9) as u8; 32])),
        text: None,
        size: random.below(1_000) as u64,
        pages: 1 + random.below(6) as u32,
        relations: relations(random),
        access: access(family),
        gone: None,
        earlier_of: None,
        archief: archief(random),
    };
    if random.once_in(6) {
        document.days = message_days(random);
        document.dates.sent = document.days.first().copied();
    }
    Known::new(document, &body)
}

/// Family number `number`: a file, sometimes with children.
pub fn family(random: &mut Random, number: usize) -> (DocId, Vec<Known>) {
    let bron = random.pick(&BRONNEN);
    let path = format!(
        "{}{} {number}.txt",
        random.pick(&FOLDERS),
        random.pick(&["brief", "nota dijken", "5.1"])
    );
    let id = DocId::of_file("alle", format!("{number}").as_bytes(), 0);
    let place = |inner: Vec<String>| Place {
        path: path.clone().into_bytes(),
        inner,
    };
    let mut members = vec![document(random, id, id, bron, place(Vec::new()), 0)];
    let children = if random.once_in(3) {
        1 + random.below(2)
    } else {
        0
    };
    for ordinal in 1..=children as u32 {
        let child = DocId::of_child(id, b"bijlage", ordinal);
        let inner = vec![format!("bijlagen/besluit {ordinal}.pdf")];
        members.push(document(random, child, id, bron, place(inner), ordinal));
    }
    (id, members)
}

/// The names that rights are given to.
pub const PRINCIPALS: [&str; 3] = ["uid:1", "gid:2", "gid:3"];

/// The rights of a family: from its id, so that chances stay the same.
fn access(family: DocId) -> Access {
    let [kind, which, ..] = family.0;
    let name = |at: u8| PRINCIPALS[usize::from(at) % PRINCIPALS.len()].to_owned();
    let (one, other) = (name(which), name(which / 3 + 1));
    match kind % 9 {
        0 => Access::default(),
        1 if which.is_multiple_of(2) => Access::closed(),
        1 | 2 => Access::only([EVERYBODY.to_owned()]),
        3 => Access {
            deny: vec![one],
            ..Access::only([EVERYBODY.to_owned()])
        },
        4 => Access {
            through: vec![vec![other], vec![EVERYBODY.to_owned()]],
            ..Access::only([one])
        },
        5 | 6 => Access::only([one, other]),
        7 => Access::only([]),
        _ => Access::only([one]),
    }
}
