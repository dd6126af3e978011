//! An engine against the oracle: random searches over random archives, written in several commits with replaced and
//! deleted families. Every hit set, total and facet count must be the same, of the whole and of a part of it. Which
//! engine it is, is for the caller.

use super::oracle::generate::{self, Random};
use super::oracle::{Known, answer, questions, synonyms, words};
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Arc;
use zv_shared::access::group_of;
use zv_shared::globs::Globs;
use zv_shared::index::{
    Blobs, Entry, Extent, Extract, FacetField, Overlap, Reach, Scope, Search, Share, Snapshot,
    Sort, Write, documents_with_word, term_searches,
};
use zv_shared::lists::{Lists, Origin, csv};
use zv_shared::plan::{Mode, Widening};
use zv_shared::{DocId, Document, GroupKey, Likeness, Principals, Relations, TextField, query};

/// The variable with another number of searches.
const CASES: &str = "ZOEKENVIND_VRAGEN";
/// The variable with the archive to begin with: a failure names it.
const SEED: &str = "ZOEKENVIND_ZAAD";
const SEARCHES_PER_ARCHIVE: usize = 200;
const FAMILIES: usize = 30;

fn variable(name: &str, usually: usize) -> usize {
    match std::env::var(name) {
        Ok(number) => number.parse().unwrap(),
        Err(_) => usually,
    }
}

/// Writes an archive in four commits, each of which also replaces and deletes families, and returns what
/// must be left.
fn write_archive(writer: &dyn Write, random: &mut Random) -> Vec<Known> {
    let mut live: BTreeMap<DocId, Vec<Known>> = BTreeMap::new();
    for commit in 0..4 {
        for number in (0..FAMILIES).filter(|number| number % 4 <= commit) {
            if number % 4 < commit && !random.once_in(5) {
                continue;
            }
            let (id, members) = generate::family(random, number);
            if random.once_in(6) {
                writer.delete_family(id).unwrap();
                live.remove(&id);
                continue;
            }
            writer
                .put_family(
                    id,
                    members
                        .iter()
                        .map(|one| entry(writer.blobs(), one))
                        .collect(),
                )
                .unwrap();
            live.insert(id, members);
        }
        writer.commit("").unwrap();
    }
    live.into_values().flatten().collect()
}

fn found(snapshot: &dyn Snapshot, search: &Search, sort: Sort) -> Vec<DocId> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = snapshot.hits(search, sort, after.as_ref(), 7).unwrap();
        ids.extend(page.hits.iter().map(|hit| hit.document.id));
        match page.next {
            Some(next) => after = Some(next),
            None => return ids,
        }
    }
}

fn each(snapshot: &dyn Snapshot, search: &Search, sort: Sort) -> Vec<DocId> {
    let mut ids = Vec::new();
    let mut take = |document: Document| {
        ids.push(document.id);
        Ok(true)
    };
    snapshot.each(search, sort, &mut take).unwrap();
    ids
}

/// A document is like another only when that one is here too.
fn tell_likeness_anew(known: &mut [Known]) {
    let all: Vec<Relations> = known
        .iter()
        .map(|one| one.document.relations.clone())
        .collect();
    let several = |group: fn(&Relations) -> Option<GroupKey>, of: &Relations| {
        // Who is unique in the whole archive stands in no group of several.
        let alike =
            |other: &&Relations| other.likeness != Likeness::Uniek && group(other) == group(of);
        group(of).is_some() && all.iter().filter(alike).count() > 1
    };
    for (one, whole) in known.iter_mut().zip(&all) {
        one.document.relations.likeness = match whole.likeness {
            Likeness::Uniek => Likeness::Uniek,
            _ if several(|relations| relations.same, whole) => Likeness::Dubbel,
            _ if several(|relations| relations.near, whole) => Likeness::Bijna,
            _ => Likeness::Uniek,
        };
    }
}

/// An index of an engine.
pub struct Index {
    /// Its write side.
    pub writer: Box<dyn Write>,
    /// Its newest commit; the index stays as long as this.
    pub newest: Newest,
}

/// Opens the newest commit of an index.
pub type Newest = Box<dyn Fn() -> Arc<dyn Snapshot>>;

/// Makes an empty index; what it keeps on disk lies in the folder.
pub type Engine = fn(&Path) -> Index;

/// The documents of some sources, as both sides have them.
struct Part {
    known: Vec<Known>,
    snapshot: Arc<dyn Snapshot>,
    /// The same documents in an index of their own, beside one that nobody sees.
    alone: Option<Alone>,
}

/// An index in which nothing was replaced or deleted.
struct Alone {
    snapshot: Arc<dyn Snapshot>,
    _newest: Newest,
    _folder: tempfile::TempDir,
}

impl Alone {
    fn of(engine: Engine, known: &[Known], random: &mut Random) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let Index { writer, newest } = engine(folder.path());
        let mut families: BTreeMap<DocId, Vec<&Known>> = BTreeMap::new();
        for one in known {
            let family = families.entry(one.document.family).or_default();
            family.push(one);
        }
        // A part is told apart only beside something else: rarely a word of the others.
        let (_, mut beside) = generate::family(random, 0);
        beside.truncate(1);
        let nobody = &mut beside[0].document;
        nobody.bron = "van niemand".into();
        nobody.id = DocId::of_file("van niemand", b"a", 0);
        (nobody.family, nobody.parent) = (nobody.id, None);
        families.insert(nobody.id, vec![&beside[0]]);
        for (id, members) in families {
            let members = members.into_iter();
            let entries = members.map(|one| entry(writer.blobs(), one)).collect();
            writer.put_family(id, entries).unwrap();
        }
        writer.commit("").unwrap();
        let scope = Scope::of(known.iter().map(|one| &one.document.bron));
        let snapshot = newest().within(&scope).unwrap();
        Alone {
            snapshot,
            _newest: newest,
            _folder: folder,
        }
    }
}

/// A document with its text, which lies in the store of texts too: an engine may look there.
pub fn entry(blobs: &Blobs, known: &Known) -> Entry {
    let mut document = known.document.clone();
    let mut hasher = DefaultHasher::new();
    known.text().hash(&mut hasher);
    let key = format!("{:016x}-txt-1", hasher.finish());
    let extract = Extract {
        format: document.format.clone(),
        properties: Vec::new(),
        readability: document.readability,
        reason: None,
        pages: document.pages,
        has_children: false,
    };
    blobs.write(&key, &extract, known.text()).unwrap();
    document.text = Some(key);
    Entry {
        document,
        text: known.text().into(),
    }
}

/// The hits by relevance with their scores.
fn scored(snapshot: &dyn Snapshot, search: &Search) -> Vec<(DocId, f32)> {
    let page = snapshot
        .hits(search, Sort::Relevantie, None, 1_000)
        .unwrap();
    assert!(page.next.is_none());
    let hits = page.hits.iter();
    hits.map(|hit| (hit.document.id, hit.score)).collect()
}

impl Part {
    fn within(&self, bronnen: &BTreeSet<String>) -> Part {
        let mut known = self.known.clone();
        known.retain(|known| {
            bronnen.contains(&known.document.bron) && !known.document.access.closed
        });
        self.narrowed(known, &Scope::of(bronnen))
    }

    /// What somebody may see: of one source by rights, of one what no pattern covers, and the others by both.
    fn by_rights(&self, random: &mut Random) -> Part {
        let mut who = generate::PRINCIPALS.map(str::to_owned).to_vec();
        who.push(group_of(generate::BRONNEN[0]));
        who.retain(|_| random.once_in(2));
        let who = Principals::new(who);
        let pattern = ["a", "map", "*.pdf", "b/**"][random.below(4)];
        let globs = Globs::new(&[pattern.to_owned()]).unwrap();
        let mut scope = Scope::nothing();
        let rights = |at: usize| at != 1;
        let but = |at: usize| at > 0;
        for (at, bron) in generate::BRONNEN.iter().enumerate() {
            if rights(at) {
                scope.add(bron, Reach::Rights(who.clone()));
            }
            if but(at) {
                scope.add(bron, Reach::But(BTreeSet::from([pattern.to_owned()])));
            }
        }
        let mut known = self.known.clone();
        known.retain(|known| {
            let document = &known.document;
            let at = generate::BRONNEN
                .iter()
                .position(|bron| *bron == document.bron);
            let Some(at) = at else { return false };
            let shown = String::from_utf8_lossy(&document.place.path);
            let open = but(at) && !globs.cover(shown.as_bytes());
            let admitted = rights(at) && document.access.admits(&who, &document.bron);
            !document.access.closed && (open || admitted)
        });
        self.narrowed(known, &scope)
    }

    fn narrowed(&self, mut known: Vec<Known>, scope: &Scope) -> Part {
        if known.len() < self.known.len() {
            tell_likeness_anew(&mut known);
        }
        let snapshot = self.snapshot.within(scope).unwrap();
        assert_eq!(snapshot.id(), self.snapshot.id());
        Part {
            known,
            snapshot,
            alone: None,
        }
    }

    /// With an index of its own, when it is less than the whole.
    fn alone(mut self, engine: Engine, whole: usize, random: &mut Random) -> Part {
        if (1..whole).contains(&self.known.len()) {
            self.alone = Some(Alone::of(engine, &self.known, random));
        }
        self
    }

    /// Compares the order by relevance and the scores with those of an index that holds nothing else.
    fn compare_scores(&self, search: &Search, place: &str) {
        let Some(alone) = &self.alone else { return };
        let ours = scored(self.snapshot.as_ref(), search);
        let theirs = scored(alone.snapshot.as_ref(), search);
        // Segments add up in another order: the last bits may differ, and with them the order of equals.
        let same = |a: f32, b: f32| (a - b).abs() <= 1e-5 * a.abs().max(b.abs());
        let scores: BTreeMap<DocId, f32> = ours.iter().copied().collect();
        assert_eq!(ours.len(), theirs.len(), "{place}");
        for ((id, ours), (other, theirs)) in ours.iter().zip(&theirs) {
            assert!(same(*ours, *theirs), "{place}: {ours} and {theirs}");
            assert!(same(scores[other], *theirs), "{place}");
            assert!(id == other || same(*ours, scores[other]), "{place}");
        }
    }

    fn some(&self, random: &mut Random) -> Part {
        let mut bronnen = generate::BRONNEN.map(str::to_owned).to_vec();
        bronnen.retain(|_| !random.once_in(3));
        bronnen.extend(random.once_in(2).then(|| "nergens".to_owned()));
        self.within(&bronnen.into_iter().collect())
    }

    /// The documents about which the two sides differ, for a person to look at.
    fn texts(&self, one: &[DocId], other: &[DocId]) -> String {
        let differs = |known: &&Known| {
            let id = known.document.id;
            one.contains(&id) != other.contains(&id)
        };
        let shown = self.known.iter().filter(differs).map(|known| {
            let header: Vec<&str> = known.document.header().collect();
            let place = known.document.place.to_string();
            format!("\n{:?} {header:?} {place:?}", known.text())
        });
        shown.collect()
    }

    fn words(&self, field: Option<TextField>) -> BTreeSet<String> {
        let words = self.known.iter().flat_map(|known| known.words(field));
        words.collect()
    }

    fn extent(&self, ids: &BTreeSet<DocId>) -> Extent {
        let documents = self.known.iter().map(|known| &known.document);
        let found: Vec<_> = documents.filter(|known| ids.contains(&known.id)).collect();
        let families: BTreeSet<DocId> = found.iter().map(|known| known.family).collect();
        let mut extent = Extent {
            total: found.len() as u64,
            families: families.len() as u64,
            ..Extent::default()
        };
        for known in found {
            *extent.per_source.entry(known.bron.clone()).or_default() += 1;
        }
        extent
    }

    /// Compares what searches find of each other.
    fn compare_overlap(&self, searches: &[Search]) {
        let found = searches
            .iter()
            .map(|search| answer(&self.known, search).all);
        let found: Vec<BTreeSet<DocId>> = found.collect();
        let finders = |id: &DocId| found.iter().filter(|found| found.contains(id)).count();
        let shares = found.iter().map(|found| Share {
            extent: self.extent(found),
            unique: found.iter().filter(|id| finders(id) == 1).count() as u64,
        });
        let expected = Overlap {
            searches: shares.collect(),
            together: self.extent(&found.iter().flatten().copied().collect()),
        };
        let asked: Vec<String> = searches.iter().map(|s| s.query.to_string()).collect();
        assert_eq!(
            self.snapshot.overlap(searches).unwrap(),
            expected,
            "{asked:?}"
        );
    }

    /// Compares the words of the part, and in how many documents each word of the `whole` stands in it.
    fn compare_words(&self, whole: &Part) {
        let snapshot = self.snapshot.as_ref();
        let fields = [TextField::Titel, TextField::Van, TextField::Pad].map(Some);
        for field in fields.into_iter().chain([None]) {
            let expected = self.words(field);
            let all = |limit: usize| snapshot.containing(field, "", &|_| true, limit).unwrap();
            let found: BTreeSet<String> = all(usize::MAX).into_iter().collect();
            assert_eq!(found, expected, "{field:?}");
            let some = all(5);
            assert_eq!(some.len(), expected.len().min(5));
            assert!(some.iter().all(|word| expected.contains(word)));
            for word in whole.words(field) {
                let found = documents_with_word(snapshot, &word, field).unwrap();
                let has = |known: &&Known| known.words(field).contains(&word);
                let known = self.known.iter().filter(has).count();
                assert_eq!(found, known as u64, "{word} {field:?}");
                let similar = snapshot.similar(field, &word, 1, usize::MAX).unwrap();
                let near = |other: &&String| words::distance(&word, other) <= 1;
                assert!(similar.iter().eq(expected.iter().filter(near)), "{word}");
            }
        }
    }
}

/// One archive with its documents.
struct Archive {
    seed: u64,
    random: Random,
    whole: Part,
    parts: Vec<Part>,
    /// Half of the archives are asked with synonyms.
    lists: Arc<Lists>,
    _newest: Newest,
    _folder: tempfile::TempDir,
}

impl Archive {
    fn new(engine: Engine, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let folder = tempfile::tempdir().unwrap();
        let Index { writer, newest } = engine(folder.path());
        let known = write_archive(writer.as_ref(), &mut random);
        let snapshot = newest();
        let whole = Part {
            known,
            snapshot,
            alone: None,
        };
        let one = whole.some(&mut random);
        let parts = vec![one.some(&mut random), one, whole.some(&mut random)];
        // Another stream of chances: the questions of a seed stay the same.
        let mut other = Random::new(seed + 1_000_000);
        let parts = parts.into_iter();
        let mut parts: Vec<Part> = parts.collect();
        let rights = whole.by_rights(&mut other);
        parts.insert(1, parts[0].by_rights(&mut other));
        parts.push(rights);
        let parts = parts.into_iter();
        let parts = parts.map(|part| part.alone(engine, whole.known.len(), &mut other));
        let parts = parts.collect();
        Archive {
            seed,
            random,
            whole,
            parts,
            lists: Arc::new(if seed.is_multiple_of(2) {
                let list = csv::parse("proef", Origin::Installatie, synonyms::csv().as_bytes());
                Lists::default().with(list.unwrap())
            } else {
                Lists::default()
            }),
            _newest: newest,
            _folder: folder,
        }
    }

    /// Compares everything that can be asked about `search`, in the whole archive and in a part; answers how many
    /// documents of the whole the question alone finds.
    fn compare(&self, search: &Search, case: usize) -> usize {
        self.compare_part(&self.parts[case % self.parts.len()], search, case);
        self.compare_part(&self.whole, search, case)
    }

    /// Compares what searches find of each other, and what the words of each find.
    fn compare_overlap(&self, searches: &[Search]) {
        let mut searches = searches.to_vec();
        let terms: Vec<Search> = searches
            .iter()
            .flat_map(term_searches)
            .map(|(_, search)| search)
            .collect();
        searches.extend(terms);
        let rights = self.parts.last().into_iter();
        for part in self.parts.iter().take(2).chain(rights).chain([&self.whole]) {
            part.compare_overlap(&searches);
        }
    }

    fn compare_part(&self, part: &Part, search: &Search, case: usize) -> usize {
        let snapshot = part.snapshot.as_ref();
        let expected = answer(&part.known, search);
        let place = format!(
            "{SEED}={} case {case} in {} documents: {} ({}) with {:?} {:?} {:?}",
            self.seed,
            part.known.len(),
            search.query,
            search.widening.mode.name(),
            search.filters,
            search.dates,
            search.collapse,
        );
        part.compare_scores(search, &place);
        // With scores and without, in every order, page by page.
        for sort in [Sort::Relevantie, Sort::ALL[1 + case % 3]] {
            let mut ids = found(snapshot, search, sort);
            assert_eq!(each(snapshot, search, sort), ids, "{place}, {sort:?}");
            ids.sort_unstable();
            let expected: Vec<DocId> = expected.hits.iter().copied().collect();
            assert_eq!(
                ids,
                expected,
                "{place}, {sort:?}{}",
                part.texts(&ids, &expected)
            );
        }
        let ids = snapshot.ids(search).unwrap();
        assert!(ids.iter().eq(&expected.all), "{place}");
        let facets = snapshot.facets(search, &FacetField::ALL).unwrap();
        assert_eq!(facets, expected.facets, "{place}");
        let counts = snapshot.count(search).unwrap();
        assert_eq!(counts, expected.facets.counts, "{place}");
        let sort = Sort::ALL[case % Sort::ALL.len()];
        let (facets, first) = snapshot
            .facets_and_hits(search, &FacetField::ALL, sort, None, 7)
            .unwrap();
        assert_eq!(facets, expected.facets, "{place}");
        let alone = snapshot.hits(search, sort, None, 7).unwrap();
        assert_eq!(first, alone, "{place}");
        expected.found
    }
}

/// Random searches: as many as [`CASES`] says, or as `usually`.
pub fn random_searches(engine: Engine, usually: usize) {
    let (cases, first) = (variable(CASES, usually), variable(SEED, 0));
    let (mut some, mut done) = (0, 0);
    let mut nested = BTreeSet::new();
    for seed in (first as u64..).take(cases.div_ceil(SEARCHES_PER_ARCHIVE)) {
        let mut archive = Archive::new(engine, seed);
        let mut searches = Vec::new();
        for case in 0..SEARCHES_PER_ARCHIVE {
            let search =
                questions::search(&mut archive.random, &archive.whole.known, &archive.lists);
            let found = archive.compare(&search, case);
            searches.push(search.clone());
            if searches.len() == 1 + case % 7 {
                archive.compare_overlap(&searches);
                searches.clear();
            }
            done += 1;
            some += usize::from((1..archive.whole.known.len()).contains(&found));
            let mut constructs = BTreeSet::new();
            if questions::constructs(&search.query, &mut constructs) >= 3 {
                nested.append(&mut constructs);
            }
        }
    }
    println!(
        "{done} searches, 0 differences; {some} questions found some of the documents and not all"
    );
    // Each is there in questions three deep.
    assert_eq!(nested, BTreeSet::from(questions::CONSTRUCTS));
    // Questions that find everything or nothing tell little.
    assert!(10 * some > 3 * done, "{some} of {done}");
}

/// The words of parts of some archives.
pub fn words_of_parts(engine: Engine, archives: u64) {
    for seed in 0..archives {
        let archive = Archive::new(engine, seed);
        // Of all sources together, words stay that stood only in documents that were deleted.
        for part in 0..(1 << generate::BRONNEN.len()) - 1 {
            let chosen = generate::BRONNEN.iter().enumerate();
            let chosen = chosen.filter(|(at, _)| part >> at & 1 == 1);
            let bronnen = chosen.map(|(_, bron)| (*bron).to_owned()).collect();
            archive.whole.within(&bronnen).compare_words(&archive.whole);
        }
    }
}

/// The questions of the manual, in some archives.
pub fn questions_of_the_manual(engine: Engine, archives: u64) {
    let examples = [
        "(subsid* OF toelage) NEAR/10 \"aardgas*\" NIET concept",
        "(subsid* OF toelage) NEAR/10 \"aardgas*\"",
        "gas NEAR/3 winning NEAR/10 besluit",
        "2 VAN (gas, toelage, \"hoge dijk\")",
        "binnen:zin(subsidie EN besluit)",
        "binnen:alinea(subsidie NIET concept)",
        "binnen:pagina(gas NEAR/9 toelage)",
        "binnen:familie(van:vries EN type:pdf)",
        "binnen:familie(subsidie EN NIET concept)",
        "binnen:familie(NIET datum:2019)",
        "binnen:familie(besluit NIET datum:[2019 TO 2020])",
        "NIET binnen:familie(type:pdf EN NIET datum:2019-06)",
        "toeslag{-deel} OF toeslag{+breed}",
        "nota~1 NEAR/20 *verzoek",
        "NIET (NIET (NIET concept))",
        "grootte:[500 TO *] EN paginas:[2 TO 4]",
        "5 januari 2023",
        "besluit 5-1-2023 NIET 20230105",
        "titel:(05-01-2023 OF 1250000)",
        "binnen:zin(1 250 000 EN subsidie)",
        "binnen:familie(5 jan. 2023{-\"5 januari 2023\"} EN NIET 32802-73)",
        "32802-73{-\"32 802, nr. 73\"}",
        "nota hoge dijken EN NIET HGD",
        "A OF gas NEAR/5 toelagen",
        "a NIET concept",
        "binnen:familie(1 250 000)",
        "nota hoge dijk besluit van huur",
        "NIET (hoge dijk besluit) OF titel:(dijken besluit van huur)",
        "binnen:familie(nota hoge dijk besluit EN NIET BN)",
        "binnen:zin(hoge dijk besluit van huur)",
        "250000 NIET 1250000",
        "1250 NEAR/1 besluit OF (1250000 P/3 subsidie)",
        "1.250,50 OF 1 250,50{-\"1250\"}",
        "5 jan '23{-\"5-1-1923\"} 14:30",
        "2023-01-05T14:30 EN NIET 5-1-23{-\"20230105\"}",
        "32 802 nr 73{-\"32802-73\"} OF 32 802-73",
    ];
    for seed in 0..archives {
        let archive = Archive::new(engine, seed);
        for (case, text) in examples.iter().enumerate() {
            for mode in Mode::ALL {
                let widening = Widening {
                    mode,
                    lists: archive.lists.clone(),
                };
                let search = Search {
                    query: query::parse(text).unwrap(),
                    filters: Default::default(),
                    dates: Default::default(),
                    widening,
                    collapse: Default::default(),
                };
                archive.compare(&search, case);
            }
        }
    }
}
