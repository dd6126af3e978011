//! What every engine behind the index seam must find: `documenten.json` and `zoekvragen.json`, worked out by hand. Every
//! engine runs the same files. Never opens an engine.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use zv_shared::index::{
    Blobs, Collapse, Counts, DateField, DateOptions, Entry, Extract, FacetField, Filters, Page,
    Scope, Search, Snapshot, Sort, Write,
};
use zv_shared::plan::{Mode, Widening};
use zv_shared::{
    Archief, DateOrigin, Dated, Dates, DocId, Document, Fingerprint, GroupKey, PartialDate, Place,
    Readability, Relations, query,
};

/// A document as the data files write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default)]
    bron: String,
    #[serde(default)]
    pad: String,
    #[serde(default)]
    naam: String,
    titel: String,
    soort: String,
    formaat: String,
    #[serde(default)]
    van: Vec<String>,
    #[serde(default)]
    aan: Vec<String>,
    verzonden: Option<PartialDate>,
    #[serde(default)]
    dagen: Vec<PartialDate>,
    zelfde: Option<u64>,
    bijna: Option<u64>,
    draad: Option<u64>,
    document: Option<PartialDate>,
    gewijzigd: Option<PartialDate>,
    #[serde(default = "dutch")]
    taal: Option<String>,
    #[serde(default = "readable")]
    leesbaarheid: Readability,
    #[serde(default)]
    tekst: String,
    #[serde(default)]
    onderdelen: Vec<Given>,
}

fn dutch() -> Option<String> {
    Some("nl".into())
}

fn readable() -> Readability {
    Readability::Leesbaar
}

/// A question with what must come of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    waarom: String,
    vraag: String,
    #[serde(default)]
    wijze: String,
    #[serde(default)]
    filters: Filters,
    /// The only sources that exist.
    bronnen: Option<BTreeSet<String>>,
    #[serde(default)]
    datumveld: DateField,
    #[serde(default)]
    zonder_ongedateerd: bool,
    #[serde(default)]
    samenvoegen: Collapse,
    #[serde(default)]
    verbreding: Mode,
    #[serde(default)]
    sorteer: Sort,
    /// All hits in order.
    treffers: Option<Vec<String>>,
    /// Some of the hits.
    #[serde(default)]
    bevat: Vec<String>,
    /// The first hit.
    eerste: Option<String>,
    ongedateerd: Option<u64>,
    verborgen: Option<u64>,
    /// All values of a facet in order.
    #[serde(default)]
    facetten: BTreeMap<FacetField, Vec<(String, u64)>>,
}

impl Given {
    /// This document and what is inside it.
    fn family(&self, blobs: &Blobs) -> Vec<Entry> {
        let id = DocId::of_file(&self.bron, self.pad.as_bytes(), 0);
        let mut family = vec![self.entry(blobs, id, None, &self.bron, &self.pad)];
        for (at, part) in self.onderdelen.iter().enumerate() {
            let ordinal = at as u32 + 1;
            family.push(part.entry(blobs, id, Some(ordinal), &self.bron, &self.pad));
        }
        family
    }

    fn entry(
        &self,
        blobs: &Blobs,
        family: DocId,
        part: Option<u32>,
        bron: &str,
        path: &str,
    ) -> Entry {
        let id = part.map_or(family, |at| {
            DocId::of_child(family, self.naam.as_bytes(), at)
        });
        let key = format!("{id}-{}-1", self.formaat);
        let extract = Extract {
            format: self.formaat.clone(),
            properties: Vec::new(),
            readability: self.leesbaarheid,
            reason: None,
            pages: 1,
            has_children: !self.onderdelen.is_empty(),
        };
        if !self.tekst.is_empty() {
            blobs.write(&key, &extract, &self.tekst).unwrap();
        }
        let dated = |date| Dated {
            date,
            origin: DateOrigin::Metadata,
        };
        let document = Document {
            id,
            bron: bron.into(),
            place: Place {
                path: path.into(),
                inner: part.map(|_| self.naam.clone()).into_iter().collect(),
            },
            title: self.titel.clone(),
            format: self.formaat.clone(),
            kind: self.soort.clone(),
            authors: Vec::new(),
            from: self.van.clone(),
            to: self.aan.clone(),
            dates: Dates {
                sent: self.verzonden,
                document: self.document.map(dated),
                changed: self.gewijzigd,
                sent_at: None,
            },
            language: self.taal.clone(),
            readability: self.leesbaarheid,
            reason: None,
            metadata: Vec::new(),
            family,
            parent: part.map(|_| family),
            ordinal: part.unwrap_or(0),
            complete: true,
            fingerprint: Fingerprint::default(),
            content: None,
            text: (!self.tekst.is_empty()).then_some(key),
            size: self.tekst.len() as u64,
            pages: 1 + self.tekst.matches('\u{c}').count() as u32,
            people: Vec::new(),
            custodian: None,
            days: self.dagen.clone(),
            gone: None,
            earlier_of: None,
            relations: Relations {
                same: self.zelfde.map(GroupKey),
                near: self.bijna.map(GroupKey),
                thread: self.draad.map(GroupKey),
                ..Relations::default()
            },
            archief: Archief::default(),
            access: Default::default(),
        };
        Entry {
            document,
            text: self.tekst.as_str().into(),
        }
    }
}

/// Writes the documents through the seam, the second half in a commit of its own.
pub fn write(writer: &dyn Write) {
    let given: Vec<Given> = serde_json::from_str(include_str!("documenten.json")).unwrap();
    for (at, given) in given.iter().enumerate() {
        let family = given.family(writer.blobs());
        writer.put_family(family[0].document.id, family).unwrap();
        if at == 3 {
            writer.commit("helft").unwrap();
        }
    }
    writer.commit("alles").unwrap();
}

/// Everything in the data files that `snapshot` answers otherwise.
pub fn differences(snapshot: &dyn Snapshot) -> Vec<String> {
    let asked: Vec<Asked> = serde_json::from_str(include_str!("zoekvragen.json")).unwrap();
    asked
        .iter()
        .flat_map(|asked| {
            let wrong = asked.wrong(snapshot);
            wrong
                .into_iter()
                .map(|wrong| format!("{} [{}]: {wrong}", asked.waarom, asked.vraag))
        })
        .collect()
}

impl Asked {
    fn wrong(&self, whole: &dyn Snapshot) -> Vec<String> {
        let all = BTreeSet::from(["schijf", "mail", "chats"].map(str::to_owned));
        let bronnen = self.bronnen.as_ref().unwrap_or(&all);
        let snapshot = whole.within(&Scope::of(bronnen)).unwrap();
        let query = match self.wijze.as_str() {
            "een" => query::parse_plain(&self.vraag).unwrap(),
            _ => query::parse(&self.vraag).unwrap(),
        };
        let search = Search {
            query,
            filters: self.filters.clone(),
            dates: DateOptions {
                field: self.datumveld,
                include_undated: !self.zonder_ongedateerd,
            },
            widening: Widening {
                mode: self.verbreding,
                ..Widening::default()
            },
            collapse: self.samenvoegen,
        };
        let (facets, page) = snapshot
            .facets_and_hits(&search, &FacetField::ALL, self.sorteer, None, 100)
            .unwrap();
        let hits: Vec<String> = page
            .hits
            .iter()
            .map(|hit| hit.document.place.to_string())
            .collect();
        let mut wrong = other_answers(&*snapshot, &search, self.sorteer, &facets.counts, &page);
        let mut check = |right: bool, what: String| {
            if !right {
                wrong.push(what);
            }
        };
        check(
            facets.counts.total - facets.counts.hidden == hits.len() as u64,
            format!("totaal {}", facets.counts.total),
        );
        if let Some(expected) = &self.treffers {
            check(&hits == expected, format!("treffers {hits:?}"));
        }
        check(
            self.bevat.iter().all(|expected| hits.contains(expected)),
            format!("treffers {hits:?}"),
        );
        if let Some(expected) = &self.eerste {
            check(
                hits.first() == Some(expected),
                format!("eerste {:?}", hits.first()),
            );
        }
        if let Some(expected) = self.verborgen {
            check(
                facets.counts.hidden == expected,
                format!("verborgen {}", facets.counts.hidden),
            );
        }
        if let Some(expected) = self.ongedateerd {
            check(
                facets.counts.undated == expected,
                format!("ongedateerd {}", facets.counts.undated),
            );
        }
        for (field, expected) in &self.facetten {
            let facet = facets
                .facets
                .iter()
                .find(|facet| facet.field == *field)
                .unwrap();
            let values: Vec<(String, u64)> = facet
                .values
                .iter()
                .map(|value| (value.value.clone(), value.count))
                .collect();
            check(&values == expected, format!("{}: {values:?}", field.name()));
        }
        wrong
    }
}

/// Where what gives all hits at once differs from the list and its totals.
fn other_answers(
    snapshot: &dyn Snapshot,
    search: &Search,
    sort: Sort,
    counts: &Counts,
    page: &Page,
) -> Vec<String> {
    let mut listed = page.hits.iter().map(|hit| &hit.document);
    let mut same = true;
    let mut each = |document: Document| {
        same &= listed.next() == Some(&document);
        Ok(true)
    };
    snapshot.each(search, sort, &mut each).unwrap();
    let mut wrong = Vec::new();
    if !same || listed.next().is_some() {
        wrong.push("alle treffers achter elkaar zijn anders".to_owned());
    }
    let ids = snapshot.ids(search).unwrap();
    if ids.len() as u64 != counts.total || !ids.is_sorted() {
        wrong.push(format!("kenmerken {ids:?}"));
    }
    let overlap = snapshot.overlap(std::slice::from_ref(search)).unwrap();
    let share = &overlap.searches[0];
    let from_sources: u64 = overlap.together.per_source.values().sum();
    if share.extent != overlap.together
        || [share.unique, share.extent.total, from_sources] != [counts.total; 3]
    {
        wrong.push(format!("overlap {overlap:?}"));
    }
    wrong
}
