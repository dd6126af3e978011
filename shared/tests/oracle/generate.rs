//! Small archives and questions about them, made from a seed: the same seed gives the same case everywhere.
//! The words are few, so that questions find something, and awkward on purpose. Never reads a clock.

use std::collections::BTreeSet;
use zv_shared::index::{Collapse, DateField, DateOptions, FacetField, Filters, Search};
use zv_shared::{
    ContentHash, DateOrigin, DateSpan, Dated, Dates, DocId, Document, Fingerprint, GroupKey,
    Likeness, PartialDate, Place, Query, Readability, Relations, TextField,
};

use super::Known;

const WORDS: [&str; 40] = [
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
    "dijk",
    "dijken",
    "hoge",
    "hoger",
    "gemeente",
    "Woo-verzoek",
    "woo-verzoeken",
    "verzoek",
    "nota's",
    "nota",
    "2023/4567",
    "4567",
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
    "IJsselmeer",
    "ĳsselmeer",
    "10:30",
    "§",
    "A",
    "a-b-c",
];
const BREAKS: [&str; 14] = [
    " ", " ", " ", " ", " ", " ", " ", ", ", ". ", "\n", "-\n", "\u{c}", "\u{1e}", " - ",
];
const NAMES: [&str; 5] = [
    "Jan de Vries",
    "j.devries@min.nl",
    "Vries, Jan",
    "Dienst Dijken",
    "info@gemeente.nl",
];
const FORMATS: [&str; 4] = ["pdf", "docx", "eml", "txt"];
const DATES: [&str; 9] = [
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
const BRONNEN: [&str; 2] = ["schijf", "mail-archief"];
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

    fn some<'a, T: ?Sized>(&mut self, one_in: usize, from: &[&'a T]) -> Option<&'a T> {
        if self.once_in(one_in) {
            None
        } else {
            Some(self.pick(from))
        }
    }
}

fn date(text: &str) -> PartialDate {
    PartialDate::parse(text).unwrap()
}

fn text(random: &mut Random, most: usize) -> String {
    let mut text = String::new();
    for _ in 0..random.below(most + 1) {
        text += random.pick(&WORDS);
        text += random.pick(&BREAKS);
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
    let mut group = |groups: usize| match random.below(groups) {
        0 => None,
        number => Some(GroupKey(number as u64)),
    };
    Relations {
        same: group(20),
        near: group(5),
        thread: group(4),
        likeness: Likeness::ALL[random.below(3)],
        ..Relations::default()
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
        text(random, 14)
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
        pages: 1,
        relations: relations(random),
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

/// A word that a question can hold: some from the list, some cut from a document.
fn word(random: &mut Random, known: &[Known]) -> Query {
    loop {
        let text = if random.once_in(3) || known.is_empty() {
            random.pick(&WORDS)
        } else {
            let document = &known[random.below(known.len())];
            let texts = [document.text(), &document.document.title];
            let all: Vec<&str> = texts[random.below(2)].split_whitespace().collect();
            if all.is_empty() {
                continue;
            } else {
                random.pick(&all)
            }
        };
        if let Ok(query @ Query::Word(_)) = zv_shared::query::parse(text) {
            return query;
        }
    }
}

/// Two or three words that stand, or could stand, side by side.
fn phrase(random: &mut Random, known: &[Known]) -> Query {
    loop {
        let length = 1 + random.below(3);
        let words: Vec<&str> = if random.once_in(4) || known.is_empty() {
            (0..length).map(|_| random.pick(&WORDS)).collect()
        } else {
            let document = &known[random.below(known.len())];
            let names = document.document.from.first().map_or("", String::as_str);
            let texts = [
                document.text(),
                document.text(),
                &document.document.title,
                names,
            ];
            let all: Vec<&str> = texts[random.below(4)].split([' ', '\u{1e}']).collect();
            let start = random.below(all.len());
            all[start..].iter().take(length).copied().collect()
        };
        if let Ok(query @ Query::Phrase(_)) =
            zv_shared::query::parse(&format!("\"{}\"", words.join(" ")))
        {
            return query;
        }
    }
}

fn text_leaf(random: &mut Random, known: &[Known]) -> Query {
    if random.once_in(3) {
        phrase(random, known)
    } else {
        word(random, known)
    }
}

fn leaf(random: &mut Random, known: &[Known], depth: usize) -> Query {
    const FIELDS: [TextField; 4] = [
        TextField::Titel,
        TextField::Van,
        TextField::Aan,
        TextField::Pad,
    ];
    match random.below(12) {
        0..=5 => text_leaf(random, known),
        6..=8 => {
            let field = FIELDS[random.below(4)];
            let inner = match (field, random.below(3)) {
                (_, 0) => tree(random, known, depth, &|random, known, _| {
                    text_leaf(random, known)
                }),
                (TextField::Van | TextField::Aan, _) => {
                    Query::Word(random.pick(&["vries", "Jan", "min.nl", "dijk"]).into())
                }
                (TextField::Pad, _) => Query::Word(
                    random
                        .pick(&["dijken", "dijken/2019", "besluit", "5.1"])
                        .into(),
                ),
                _ => text_leaf(random, known),
            };
            Query::Field(field, Box::new(inner))
        }
        9 => Query::Format(random.pick(&FORMATS).to_owned()),
        _ => Query::Date(span(random)),
    }
}

fn span(random: &mut Random) -> DateSpan {
    let (a, b) = (date(random.pick(&DATES)), date(random.pick(&DATES)));
    let (from, to) = if a.days().first <= b.days().last {
        (a, b)
    } else {
        (b, a)
    };
    match random.below(4) {
        0 => DateSpan {
            from: Some(from),
            to: None,
        },
        1 => DateSpan {
            from: None,
            to: Some(to),
        },
        2 => DateSpan {
            from: Some(a),
            to: Some(a),
        },
        _ => DateSpan {
            from: Some(from),
            to: Some(to),
        },
    }
}

type Leaf<'a> = &'a dyn Fn(&mut Random, &[Known], usize) -> Query;

fn tree(random: &mut Random, known: &[Known], depth: usize, leaf: Leaf) -> Query {
    if depth == 0 || random.once_in(3) {
        return leaf(random, known, depth);
    }
    let parts = |random: &mut Random| {
        (0..2 + random.below(2))
            .map(|_| tree(random, known, depth - 1, leaf))
            .collect::<Vec<_>>()
    };
    match random.below(5) {
        0 | 1 => Query::And(parts(random)),
        2 | 3 => Query::Or(parts(random)),
        _ => Query::Not(Box::new(tree(random, known, depth - 1, leaf))),
    }
}

/// A question about `known`, nested at most three deep, as a user's text would have given it.
fn query(random: &mut Random, known: &[Known]) -> Query {
    if random.once_in(30) {
        return Query::All;
    }
    let made = tree(random, known, 3, &leaf);
    zv_shared::query::parse(&made.to_string()).unwrap()
}

fn filters(random: &mut Random, known: &[Known], options: DateOptions) -> Filters {
    let mut filters = Filters::new();
    for _ in 0..random.below(3) {
        let field = FacetField::ALL[random.below(FacetField::ALL.len())];
        let mut chosen = BTreeSet::new();
        for _ in 0..random.below(3) {
            if let Some(known) = known.get(random.below(known.len() + 1)) {
                chosen.extend(
                    known
                        .values(field, options)
                        .into_iter()
                        .take(1 + random.below(2)),
                );
            }
        }
        if random.once_in(8) {
            chosen.insert(random.pick(&["1999", "2019-06", "onbekend"]).to_owned());
        }
        filters.insert(field, chosen);
    }
    filters
}

/// A whole search about `known`.
pub fn search(random: &mut Random, known: &[Known]) -> Search {
    let dates = DateOptions {
        field: DateField::ALL[random.below(DateField::ALL.len())],
        include_undated: !random.once_in(3),
    };
    Search {
        query: query(random, known),
        filters: filters(random, known, dates),
        dates,
        widening: zv_shared::plan::Widening::default(),
        collapse: match random.once_in(2) {
            true => Collapse::Geen,
            false => Collapse::ALL[random.below(Collapse::ALL.len())],
        },
    }
}
