//! Rights on files, as they come into the index and leave it again: those of a Unix drive, and those that a real Samba
//! server keeps. What somebody finds by them is held against an index that holds nothing else.

use super::samba::{ALL, ANNA, BERT, GROUP, Samba};
use super::{Archive, counts};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use zv_indexer::account::Account;
use zv_indexer::source::{SourceRules, Sources};
use zv_shared::index::{
    Blobs, EmbeddedReader, EmbeddedWriter, Entry, FacetField, Reach, Scope, Search, Snapshot, Sort,
    Write as _, WriterSettings, documents_with_word, term_searches,
};
use zv_shared::plan::completions;
use zv_shared::{DocId, Document, Principals, Query, query};

fn with_rights(archive: &Archive, on: bool) {
    drop(archive.prepare());
    let rules = SourceRules {
        rights: on,
        ..SourceRules::default()
    };
    Sources::set_rules(&archive.state, "archief", rules).unwrap();
}

fn mode(archive: &Archive, name: &str, mode: u32) {
    fs::set_permissions(archive.path(name), fs::Permissions::from_mode(mode)).unwrap();
}

fn principals(names: &[&str]) -> Principals {
    Principals::new(names.iter().map(|&name| name.to_owned()))
}

/// What is seen by the rights of who is all of these.
fn by_rights(names: &[&str]) -> Scope {
    let mut scope = Scope::nothing();
    scope.add("archief", Reach::Rights(principals(names)));
    scope
}

fn seen(archive: &Archive, scope: &Scope) -> Vec<String> {
    let part = archive.snapshot().within(scope).unwrap();
    let page = part.hits(&Search::of(Query::All), Sort::Pad, None, 10_000);
    let hits = page.unwrap().hits.into_iter();
    hits.map(|hit| hit.document.place.to_string()).collect()
}

/// That a run changed only what lies around so many files.
fn only_around(archive: &Archive, account: &Account, files: u64) {
    assert_eq!((account.gewijzigd, account.zonder_lezen), (files, files));
    assert_eq!((archive.reads(), account.bytes), (0, 0));
    assert_eq!((account.nieuw, account.onleesbaar), (0, 0));
}

pub fn other_rights_are_written_and_nothing_is_read() {
    let archive = Archive::with(&["a.txt", "map/b.txt", "map/c.txt"]);
    archive.zip("map/d.zip", &[("binnen.txt", b"Binnen.")]);
    archive.run();
    // Not read: the machtiging alone decides.
    let everything = [
        "a.txt",
        "map/b.txt",
        "map/c.txt",
        "map/d.zip",
        "map/d.zip!/binnen.txt",
    ];
    assert_eq!(seen(&archive, &Scope::everything()), everything);
    assert!(seen(&archive, &by_rights(&["uid:0"])).is_empty());
    with_rights(&archive, true);
    for name in ["", "map"] {
        mode(&archive, name, 0o755);
    }
    for name in ["a.txt", "map/b.txt", "map/c.txt", "map/d.zip"] {
        mode(&archive, name, 0o644);
    }
    let account = archive.run();
    only_around(&archive, &account, 4);
    assert_eq!(account.rechten_onbekend, 0);
    assert_eq!(seen(&archive, &by_rights(&[])), everything);
    assert_eq!(counts(&archive.run()), ([0, 0, 0, 4, 0, 0], 0));
    // One file, with what is inside it; then a folder with all that is in it.
    mode(&archive, "map/d.zip", 0o600);
    only_around(&archive, &archive.run(), 1);
    assert_eq!(seen(&archive, &by_rights(&[])), everything[..3]);
    mode(&archive, "map", 0o700);
    // The container was for nobody else already.
    only_around(&archive, &archive.run(), 2);
    assert_eq!(seen(&archive, &by_rights(&[])), ["a.txt"]);
    let owner = format!("uid:{}", rustix::process::getuid().as_raw());
    assert_eq!(seen(&archive, &by_rights(&[&owner])), everything);
    // The bytes are looked at when a change of them is seen, whatever the rights.
    archive.write("a.txt", "Heel iets anders.");
    mode(&archive, "a.txt", 0o600);
    let account = archive.run();
    assert_eq!(
        (account.gewijzigd, account.zonder_lezen, archive.reads()),
        (1, 0, 1)
    );
    assert!(seen(&archive, &by_rights(&[])).is_empty());
    // What a machtiging opens instead of rights, but for what it leaves shut.
    let mut scope = Scope::nothing();
    scope.add("archief", Reach::But(BTreeSet::from(["MAP".to_owned()])));
    assert_eq!(seen(&archive, &scope), ["a.txt"]);
    // Rights that are read no more are not known.
    with_rights(&archive, false);
    only_around(&archive, &archive.run(), 4);
    assert!(seen(&archive, &by_rights(&[&owner])).is_empty());
    assert_eq!(seen(&archive, &by_rights(&["bron:archief"])), everything);
    assert_eq!(seen(&archive, &Scope::everything()), everything);
}

/// Small and always the same for the same seed (xorshift).
struct Chance(u64);

impl Chance {
    fn of(&mut self, number: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % number
    }
}

const WORDS: [&str; 24] = [
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

/// What may be asked of one index and of another, and must be the same.
fn compare(part: &dyn Snapshot, alone: &dyn Snapshot, questions: usize, seed: u64) {
    let mut chance = Chance(seed);
    let mut found = 0;
    let word = |chance: &mut Chance| {
        let word = WORDS[chance.of(WORDS.len())];
        match chance.of(6) {
            0 => format!("{}*", &word[..4]),
            1 => format!("{word}~1"),
            _ => word.to_owned(),
        }
    };
    for number in 0..questions {
        let mut text = word(&mut chance);
        for _ in 0..chance.of(3) {
            let joint = [" EN ", " OF ", " NIET ", " NEAR/5 "][chance.of(4)];
            text = format!("({text}){joint}{}", word(&mut chance));
        }
        let Ok(query) = query::parse(&text) else {
            continue;
        };
        let mut search = Search::of(query);
        if chance.of(4) == 0 {
            let folder = ["archief/open", "archief/personeel"][chance.of(2)];
            let chosen = BTreeSet::from([folder.to_owned()]);
            search.filters.insert(FacetField::Map, chosen);
        }
        let sort = Sort::ALL[chance.of(Sort::ALL.len())];
        let answer = |snapshot: &dyn Snapshot| {
            let (facets, page) = snapshot
                .facets_and_hits(&search, &FacetField::ALL, sort, None, 100)
                .unwrap();
            let mut ids: Vec<DocId> = page.hits.iter().map(|hit| hit.document.id).collect();
            ids.sort_unstable();
            (facets, ids)
        };
        let ours = answer(part);
        assert_eq!(ours, answer(alone), "question {number}: {text}");
        found += usize::from(!ours.1.is_empty());
        let terms = || {
            term_searches(&search)
                .into_iter()
                .map(|(_, one)| one)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            part.overlap(&terms()).unwrap(),
            alone.overlap(&terms()).unwrap(),
            "{text}"
        );
        let start = &WORDS[chance.of(WORDS.len())][..4];
        let suggested = |snapshot: &dyn Snapshot| {
            let counts = |word: &str| documents_with_word(snapshot, word, None).unwrap();
            let more = completions(start, snapshot, &counts, 9).unwrap();
            (more, snapshot.similar(None, start, 2, 20).unwrap())
        };
        assert_eq!(suggested(part), suggested(alone), "{start}");
    }
    println!("{questions} questions, {found} with hits, 0 differences");
    assert!(found * 4 > questions, "{found} of {questions}");
}

/// An index of these documents of an archive alone, beside one that nobody sees.
struct Alone {
    snapshot: Arc<dyn Snapshot>,
    _folder: tempfile::TempDir,
}

impl Alone {
    fn of(archive: &Archive, seen: impl Fn(&Document) -> bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(&archive.state.join("blobs")).unwrap();
        let index = folder.path().join("index");
        let settings = WriterSettings {
            threads: 1,
            memory_per_thread: 15 << 20,
            ..WriterSettings::default()
        };
        let writer = EmbeddedWriter::open(&index, blobs.clone(), settings).unwrap();
        let mut documents: Vec<Document> = archive.documents();
        documents.retain(&seen);
        let mut nobody = archive.documents().remove(0);
        nobody.bron = "van niemand".into();
        nobody.id = DocId([0; 16]);
        nobody.family = nobody.id;
        documents.push(nobody);
        for document in documents {
            let text = archive.snapshot().text(&document).unwrap().into();
            let entry = Entry { document, text };
            writer.put_family(entry.document.id, vec![entry]).unwrap();
        }
        writer.commit("").unwrap();
        let whole = EmbeddedReader::new(&index, blobs).snapshot().unwrap();
        Alone {
            snapshot: whole.within(&Scope::of([&"archief".to_owned()])).unwrap(),
            _folder: folder,
        }
    }
}

/// What stands in the list of a file, and who may see it by that.
type Kind = (Vec<String>, fn(&str) -> bool);

/// Lists that differ in who may see a file.
fn kinds() -> [Kind; 8] {
    let read = 0x0012_00a9;
    let allow = |who: &str| format!("ACL:{who}:0/0x0/{read:#010x}");
    let deny = |who: &str| format!("ACL:{who}:1/0x0/0x001f01ff");
    [
        (vec![allow(ALL)], |_| true),
        (vec![allow(ANNA)], |who| who == ANNA),
        (vec![allow(GROUP)], |who| who == BERT),
        (vec![deny(ANNA), allow(ALL)], |who| who != ANNA),
        (vec![allow(ANNA), allow(GROUP)], |_| true),
        (vec![deny(GROUP), allow(BERT), allow(ANNA)], |who| {
            who == ANNA
        }),
        // Only the right to know of it, and one that is for what comes into a folder.
        (
            vec![
                format!("ACL:{ALL}:0/0x0/0x00120080"),
                format!("ACL:{ANNA}:0/0x8/{read:#010x}"),
            ],
            |_| false,
        ),
        (vec![allow("S-1-5-18")], |_| false),
    ]
}

/// Whose principals are asked for.
fn of(who: &str) -> Vec<String> {
    let own = if who == BERT {
        vec![BERT, GROUP]
    } else {
        vec![ANNA]
    };
    own.into_iter().map(|sid| format!("sid:{sid}")).collect()
}

fn scope_of(who: &str) -> Scope {
    let own = of(who);
    by_rights(&own.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Which number of its list a file has, by its name.
fn kind_of(place: &str) -> usize {
    let name = place.rsplit('/').next().unwrap();
    name[..3].parse::<usize>().unwrap() % kinds().len()
}

fn fill(archive: &Archive) -> Vec<String> {
    let mut chance = Chance(7);
    let folders = ["open", "personeel", "personeel/dossiers"];
    let mut names = Vec::new();
    for number in 0..72 {
        let name = format!("{}/{number:03} nota.txt", folders[number / 8 % 3]);
        let words = 6 + chance.of(30);
        let text: Vec<&str> = (0..words).map(|_| WORDS[chance.of(WORDS.len())]).collect();
        archive.write(&name, &text.join(" "));
        names.push(name);
    }
    names
}

pub fn two_people_find_on_a_samba_share_what_they_may_see() {
    let archive = Archive::new();
    let names = fill(&archive);
    let samba = Samba::start(&archive.root);
    for name in &names {
        samba.set(name, &kinds()[kind_of(name)].0);
    }
    for folder in ["", "open", "personeel/dossiers"] {
        samba.set(folder, &kinds()[0].0);
    }
    samba.set("personeel", &kinds()[0].0);
    with_rights(&archive, true);
    let account = archive.run();
    assert_eq!((account.nieuw, account.rechten_onbekend), (72, 0));
    let may = |who: &str, name: &str| kinds()[kind_of(name)].1(who);
    let expected = |who: &str, extra: &dyn Fn(&str) -> bool| {
        let mut all: Vec<String> = names
            .iter()
            .filter(|name| may(who, name) && extra(name))
            .cloned()
            .collect();
        all.sort();
        all
    };
    for (who, seed) in [(ANNA, 3), (BERT, 4)] {
        let visible = expected(who, &|_| true);
        assert!((10..60).contains(&visible.len()));
        assert_eq!(seen(&archive, &scope_of(who)), visible, "{who}");
        let alone = Alone::of(&archive, |document| may(who, &document.place.to_string()));
        let part = archive.snapshot().within(&scope_of(who)).unwrap();
        compare(&*part, &*alone.snapshot, questions(), seed);
    }
    // A machtiging that takes the place of rights, but for a folder.
    let mut replaced = Scope::nothing();
    replaced.add(
        "archief",
        Reach::But(BTreeSet::from(["personeel/dossiers".to_owned()])),
    );
    let open = |place: &str| !place.starts_with("personeel/dossiers");
    let alone = Alone::of(&archive, |document| open(&document.place.to_string()));
    let part = archive.snapshot().within(&replaced).unwrap();
    assert_eq!(part.count(&Search::of(Query::All)).unwrap().total, 48);
    compare(&*part, &*alone.snapshot, questions(), 5);
    // Another list for a file, and for a folder that Anna may not come through any more.
    samba.set("open/000 nota.txt", &kinds()[7].0);
    let account = archive.run();
    only_around(&archive, &account, 1);
    samba.set("personeel", &kinds()[2].0);
    // Not those that were for nobody else, or for nobody.
    only_around(&archive, &archive.run(), 36);
    let without = |name: &str| name != "open/000 nota.txt";
    let outside = |name: &str| without(name) && !name.starts_with("personeel");
    assert_eq!(seen(&archive, &scope_of(ANNA)), expected(ANNA, &outside));
    assert_eq!(seen(&archive, &scope_of(BERT)), expected(BERT, &without));
    through_a_mount(&samba, &names);
}

/// The same share, mounted: the mount tells no rights, so nobody sees anything by them.
fn through_a_mount(samba: &Samba, names: &[String]) {
    let mounted = samba.mount();
    let archive = Archive {
        root: mounted.share.clone(),
        ..Archive::new()
    };
    with_rights(&archive, true);
    let account = archive.run();
    assert_eq!(account.nieuw as usize, names.len());
    assert_eq!(account.rechten_onbekend as usize, names.len());
    assert!(seen(&archive, &scope_of(BERT)).is_empty());
    assert!(seen(&archive, &by_rights(&["uid:0"])).is_empty());
    assert_eq!(
        seen(&archive, &by_rights(&["bron:archief"])).len(),
        names.len()
    );
    assert_eq!(seen(&archive, &Scope::everything()).len(), names.len());
}

/// How many questions each person asks.
fn questions() -> usize {
    let number = std::env::var("ZV_RECHTEN_VRAGEN").ok();
    number.map_or(2_000, |number| number.parse().unwrap())
}
