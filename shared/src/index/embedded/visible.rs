//! Which documents of one segment are in a part of the index. Owns looking them up by source, rights and path, each once
//! for a segment. Never remembers anything.

use super::bits::Bits;
use super::schema::Fields;
use crate::Principals;
use crate::access::group_of;
use crate::globs::Globs;
use crate::index::layout::FACET_BYTES;
use crate::index::rights::{self, CLOSED};
use crate::index::wanted::Wanted;
use crate::index::{FacetField, IndexError, Reach};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use tantivy::index::InvertedIndexReader;
use tantivy::postings::TermInfo;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, SegmentReader, TERMINATED};

/// Paths in the index are cut at this many bytes: where a longer one ends is not known.
const PATH_BYTES: usize = FACET_BYTES - 16;

/// The documents of a segment that are wanted; `None` when that is each of them.
pub fn part(
    reader: &SegmentReader,
    fields: &Fields,
    wanted: &Wanted,
) -> Result<Option<Bits>, IndexError> {
    let bron = fields.facet(FacetField::Bron);
    let bron = bron.ok_or(IndexError::OtherGeneration)?;
    let mut segment = Segment {
        reader,
        fields,
        by_rights: HashMap::new(),
    };
    let found = segment.part(bron, wanted);
    found.map_err(|error| IndexError::Engine(error.to_string()))
}

/// How many live documents of a segment are closed, by source; sources without any are left out.
pub fn closed(
    reader: &SegmentReader,
    fields: &Fields,
) -> Result<BTreeMap<String, u64>, IndexError> {
    let bron = fields.facet(FacetField::Bron);
    let bron = bron.ok_or(IndexError::OtherGeneration)?;
    let segment = Segment {
        reader,
        fields,
        by_rights: HashMap::new(),
    };
    let found = segment.closed_by(bron);
    found.map_err(|error| IndexError::Engine(error.to_string()))
}

struct Segment<'a> {
    reader: &'a SegmentReader,
    fields: &'a Fields,
    /// What was looked up before: with the documents of unknown rights apart.
    by_rights: HashMap<[u8; 32], (Bits, Bits)>,
}

impl Segment<'_> {
    fn part(&mut self, field: Field, wanted: &Wanted) -> io::Result<Option<Bits>> {
        let inverted = self.inverted(field)?;
        let closed = self.closed()?;
        let (mut sources, mut whole) = (Vec::new(), closed.is_none());
        each_word(&inverted, "", |bron, info| {
            match wanted.ways(bron) {
                Some(ways) => {
                    whole &= ways.is_empty();
                    sources.push((bron.to_owned(), ways, info.clone()));
                }
                None => whole = false,
            }
            Ok(true)
        })?;
        if whole {
            return Ok(None);
        }
        let mut part = self.none();
        for (bron, ways, info) in sources {
            let mut found = self.none();
            insert(&mut found, &inverted, &info)?;
            for way in ways {
                found.keep(&self.one_of(way, &bron)?);
            }
            part.add(&found);
        }
        if let Some(closed) = closed {
            part.remove(&closed);
        }
        Ok(Some(part))
    }

    /// Documents that one of these reaches, among them all of `bron` that do.
    fn one_of(&mut self, way: &BTreeSet<Reach>, bron: &str) -> io::Result<Bits> {
        let mut found = self.none();
        for reach in way {
            match reach {
                // A way in with this would not have been asked for.
                Reach::Everything => {}
                Reach::But(patterns) => found.add(&self.not_covered(patterns, bron)?),
                Reach::Rights(principals) => {
                    let (allowed, unknown) = self.by_rights(principals)?;
                    found.add(allowed);
                    if principals.has(&group_of(bron)) {
                        found.add(unknown);
                    }
                }
            }
        }
        Ok(found)
    }

    fn by_rights(&mut self, principals: &Principals) -> io::Result<&(Bits, Bits)> {
        let hash = principals.hash();
        if !self.by_rights.contains_key(&hash) {
            let inverted = self.inverted(self.fields.access)?;
            let (mut allowed, mut unknown) = (self.none(), self.none());
            each_word(&inverted, "", |word, info| {
                match rights::admits(word, |name| principals.has(name)) {
                    Some(true) => insert(&mut allowed, &inverted, info)?,
                    Some(false) => {}
                    None => insert(&mut unknown, &inverted, info)?,
                }
                Ok(true)
            })?;
            self.by_rights.insert(hash, (allowed, unknown));
        }
        self.by_rights
            .get(&hash)
            .ok_or_else(|| io::Error::other("rights"))
    }

    /// The documents of `bron` whose file no pattern covers.
    fn not_covered(&self, patterns: &BTreeSet<String>, bron: &str) -> io::Result<Bits> {
        let patterns: Vec<String> = patterns.iter().cloned().collect();
        let globs = Globs::new(&patterns).map_err(io::Error::other)?;
        let inverted = self.inverted(self.fields.path_order)?;
        let prefix = format!("{bron}/");
        let mut found = self.none();
        each_word(&inverted, &prefix, |key, info| {
            let Some(path) = key.strip_prefix(&prefix) else {
                return Ok(false);
            };
            let path = path.rsplit_once('\u{1}').map(|(path, _)| path.as_bytes());
            let path = path.filter(|_| key.len() < PATH_BYTES);
            if path.is_some_and(|path| !globs.cover(path)) {
                insert(&mut found, &inverted, info)?;
            }
            Ok(true)
        })?;
        Ok(found)
    }

    fn closed(&self) -> io::Result<Option<Bits>> {
        let inverted = self.inverted(self.fields.access)?;
        let mut closed = None;
        if let Some(info) = inverted.terms().get(CLOSED.as_bytes())? {
            insert(closed.get_or_insert(self.none()), &inverted, &info)?;
        }
        Ok(closed)
    }

    fn closed_by(&self, bron: Field) -> io::Result<BTreeMap<String, u64>> {
        let mut counts = BTreeMap::new();
        let Some(closed) = self.closed()? else {
            return Ok(counts);
        };
        let inverted = self.inverted(bron)?;
        each_word(&inverted, "", |bron, info| {
            let mut found = self.none();
            insert(&mut found, &inverted, info)?;
            found.keep(&closed);
            let count = found.iter().filter(|doc| !self.reader.is_deleted(*doc));
            match count.count() as u64 {
                0 => {}
                count => drop(counts.insert(bron.to_owned(), count)),
            }
            Ok(true)
        })?;
        Ok(counts)
    }

    fn none(&self) -> Bits {
        Bits::none(self.reader.max_doc())
    }

    fn inverted(&self, field: Field) -> io::Result<std::sync::Arc<InvertedIndexReader>> {
        self.reader.inverted_index(field).map_err(io::Error::other)
    }
}

/// Hands over the words of a field from `first` on, until `each` says `false`.
fn each_word(
    inverted: &InvertedIndexReader,
    first: &str,
    mut each: impl FnMut(&str, &TermInfo) -> io::Result<bool>,
) -> io::Result<()> {
    let words = inverted.terms().range().ge(first);
    let mut words = words.into_stream()?;
    while words.advance() {
        if let Ok(word) = std::str::from_utf8(words.key())
            && !each(word, words.value())?
        {
            break;
        }
    }
    Ok(())
}

fn insert(bits: &mut Bits, inverted: &InvertedIndexReader, info: &TermInfo) -> io::Result<()> {
    let mut postings = inverted.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
    while postings.doc() != TERMINATED {
        bits.insert(postings.doc());
        postings.advance();
    }
    Ok(())
}
