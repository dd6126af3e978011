//! How documents belong together, as columns: written with a document, read row by row. Never decides what
//! belongs together.

use super::entry::FieldValue;
use super::schema::{Fields, RelationFields, column};
use crate::index::rights::CLOSED;
use crate::index::{FacetField, Groups, IndexError, PublishedRow, RelationTable};
use crate::{DocId, Document, GroupKey, Likeness, MailLinks, Public, Signature};
use std::collections::HashSet;
use std::sync::Arc;
use tantivy::collector::DocSetCollector;
use tantivy::columnar::Column;
use tantivy::query::{Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, Searcher, SegmentReader, Term};

const LIKENESS: u64 = 3;
const INCLUSIVE_KNOWN: u64 = 4;
const INCLUSIVE: u64 = 8;
const REPLY: u64 = 16;
const MAIL: u64 = 32;
const CHAT: u64 = 64;
const PUBLIC_SAME: u64 = 128;
const PUBLIC_NEAR: u64 = 256;
/// From this bit on stands which document is public.
const PUBLIC_ID: u32 = 32;

/// What of `document` goes into which field.
pub fn fields(document: &Document, fields: RelationFields) -> Vec<(Field, FieldValue)> {
    let relations = &document.relations;
    let mut out = Vec::new();
    let groups = [
        (fields.same, relations.same),
        (fields.near, relations.near),
        (fields.thread, relations.thread),
    ];
    out.extend(
        groups
            .into_iter()
            .filter_map(|(field, key)| Some((field, FieldValue::U64(key?.0)))),
    );
    let mut all = |field, numbers: &[u64]| {
        out.extend(
            numbers
                .iter()
                .map(|&number| (field, FieldValue::U64(number))),
        );
    };
    if let Some(signature) = &relations.signature {
        all(fields.signature, &signature.0);
    }
    if let Some(mail) = &relations.mail {
        all(fields.links, &[mail.id.unwrap_or(0), mail.subject]);
        all(fields.links, &mail.refers);
        all(fields.attachments, &mail.attachments);
        let sent = document.dates.sent_at.map_or(0, |sent| sent.as_second());
        out.push((fields.sent, FieldValue::I64(sent)));
    }
    out.push((fields.flags, FieldValue::U64(flags(document))));
    out
}

fn flags(document: &Document) -> u64 {
    let relations = &document.relations;
    let likeness = match relations.likeness {
        Likeness::Uniek => 0,
        Likeness::Dubbel => 1,
        Likeness::Bijna => 2,
    };
    let flag = |set: bool, flag: u64| if set { flag } else { 0 };
    let mail = relations.mail.as_ref();
    likeness
        | flag(relations.inclusive.is_some(), INCLUSIVE_KNOWN)
        | flag(relations.inclusive == Some(true), INCLUSIVE)
        | flag(mail.is_some_and(|mail| mail.reply), REPLY)
        | flag(mail.is_some(), MAIL)
        | flag(!document.days.is_empty(), CHAT)
        | relations
            .published
            .as_ref()
            .map_or(0, |one| published_flags(PublishedRow::new(one.how, one.id)))
}

fn published_flags(row: PublishedRow) -> u64 {
    let how = match row.how {
        Public::Gelijk => PUBLIC_SAME,
        Public::Bijna => PUBLIC_NEAR,
    };
    how | u64::from(row.id) << PUBLIC_ID
}

fn published(flags: u64) -> Option<PublishedRow> {
    let how = match flags & (PUBLIC_SAME | PUBLIC_NEAR) {
        PUBLIC_SAME => Public::Gelijk,
        PUBLIC_NEAR => Public::Bijna,
        _ => return None,
    };
    let id = (flags >> PUBLIC_ID) as u32;
    Some(PublishedRow { how, id })
}

/// Whether there is another like it, from the column of flags.
pub fn likeness(flags: u64) -> Likeness {
    match flags & LIKENESS {
        0 => Likeness::Uniek,
        1 => Likeness::Dubbel,
        _ => Likeness::Bijna,
    }
}

/// The table of one commit.
pub struct Table {
    searcher: Searcher,
    fields: Arc<Fields>,
    segments: Vec<Columns>,
    /// For each row its segment and its number there.
    rows: Vec<(u32, tantivy::DocId)>,
}

struct Columns {
    ids: [Column<u64>; 2],
    same: Option<Column<u64>>,
    near: Option<Column<u64>>,
    thread: Option<Column<u64>>,
    signature: Option<Column<u64>>,
    links: Option<Column<u64>>,
    attachments: Option<Column<u64>>,
    sent: Option<Column<i64>>,
    flags: Column<u64>,
    size: Column<u64>,
}

impl Columns {
    fn of(segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        let optional = |name| fast.column_opt::<u64>(name);
        Ok(Columns {
            ids: [fast.u64(column::ID[0])?, fast.u64(column::ID[1])?],
            same: optional(column::SAME)?,
            near: optional(column::NEAR)?,
            thread: optional(column::THREAD)?,
            signature: optional(column::SIGNATURE)?,
            links: optional(column::LINKS)?,
            attachments: optional(column::ATTACHMENTS)?,
            sent: fast.column_opt::<i64>(column::SENT)?,
            flags: fast.u64(column::FLAGS)?,
            size: fast.u64(column::SIZE)?,
        })
    }
}

impl Table {
    /// Of the live documents that `searcher` sees.
    pub fn of(searcher: &Searcher, fields: &Arc<Fields>) -> Result<Table, IndexError> {
        let mut table = Table {
            searcher: searcher.clone(),
            fields: Arc::clone(fields),
            segments: Vec::new(),
            rows: Vec::new(),
        };
        for (number, segment) in searcher.segment_readers().iter().enumerate() {
            table.segments.push(Columns::of(segment)?);
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let live = segment.doc_ids_alive();
            table.rows.extend(live.map(|doc| (number, doc)));
        }
        Ok(table)
    }

    fn at(&self, row: u32) -> (&Columns, tantivy::DocId) {
        let (segment, doc) = self.rows[row as usize];
        (&self.segments[segment as usize], doc)
    }
}

impl Table {
    /// The documents with this word in a field.
    fn with_word(
        &self,
        field: Option<Field>,
        word: &str,
    ) -> Result<HashSet<DocAddress>, IndexError> {
        let field = field.ok_or(IndexError::OtherGeneration)?;
        let term = Term::from_field_text(field, word);
        let query: Box<dyn Query> = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
        Ok(self.searcher.search(&query, &DocSetCollector)?)
    }
}

fn all(column: Option<&Column<u64>>, doc: tantivy::DocId) -> Vec<u64> {
    column.map_or_else(Vec::new, |column| column.values_for_doc(doc).collect())
}

impl RelationTable for Table {
    fn len(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    fn id(&self, row: u32) -> DocId {
        let (columns, doc) = self.at(row);
        let half = |at: usize| u128::from(columns.ids[at].first(doc).unwrap_or(0));
        DocId(((half(0) << 64) | half(1)).to_be_bytes())
    }

    fn groups(&self, row: u32) -> Groups {
        let (columns, doc) = self.at(row);
        let key = |column: &Option<Column<u64>>| column.as_ref()?.first(doc).map(GroupKey);
        let flags = columns.flags.first(doc).unwrap_or(0);
        Groups {
            same: key(&columns.same),
            near: key(&columns.near),
            thread: key(&columns.thread),
            likeness: likeness(flags),
            inclusive: (flags & INCLUSIVE_KNOWN != 0).then_some(flags & INCLUSIVE != 0),
            published: published(flags),
        }
    }

    fn signature(&self, row: u32) -> Option<Signature> {
        let (columns, doc) = self.at(row);
        let rows = all(columns.signature.as_ref(), doc);
        rows.try_into().ok().map(Signature)
    }

    fn mail(&self, row: u32) -> Option<(MailLinks, i64)> {
        let (columns, doc) = self.at(row);
        let flags = columns.flags.first(doc).unwrap_or(0);
        if flags & MAIL == 0 {
            return None;
        }
        let mut links = all(columns.links.as_ref(), doc).into_iter();
        let sent = columns.sent.as_ref().and_then(|sent| sent.first(doc));
        let mail = MailLinks {
            id: links.next().filter(|&id| id != 0),
            subject: links.next().unwrap_or(0),
            refers: links.collect(),
            reply: flags & REPLY != 0,
            attachments: all(columns.attachments.as_ref(), doc),
        };
        Some((mail, sent.unwrap_or(0)))
    }

    fn is_chat(&self, row: u32) -> bool {
        let (columns, doc) = self.at(row);
        columns.flags.first(doc).unwrap_or(0) & CHAT != 0
    }

    fn of_source(&self, bron: &str) -> Result<Vec<u32>, IndexError> {
        let of_source = self.with_word(self.fields.facet(FacetField::Bron), bron)?;
        let closed = self.with_word(Some(self.fields.access), CLOSED)?;
        let gone = self.with_word(Some(self.fields.gone), bron)?;
        let rows = (0..self.len()).filter(|row| {
            let (segment, doc) = self.rows[*row as usize];
            let address = DocAddress::new(segment, doc);
            let size = self.segments[segment as usize].size.first(doc);
            of_source.contains(&address)
                && !closed.contains(&address)
                && !gone.contains(&address)
                && size.is_some_and(|size| size > 0)
        });
        Ok(rows.collect())
    }
}
