//! Documents that keep their identity: a file that turns up elsewhere, or of which only the change time or what lies
//! around it differs. Their text comes from the store; the reader does not run.

use super::RunError;
use super::context::Context;
use crate::around::Around;
use crate::enrich;
use crate::family::{Content, FamilyWriter, Identity, entry, fingerprint};
use crate::walk::Stat;
use std::io;
use std::sync::Arc;
use zv_shared::index::{Entry, IndexError};
use zv_shared::{Archief, ContentHash, DocId, Document, Readability};

/// A family that was written again without reading.
pub(super) struct Kept {
    pub readability: Readability,
    pub reason: Option<String>,
    pub documents: u64,
}

/// The identity of a new file at `path`: that of a vanished one with the same bytes, else a new one. The
/// second part tells which.
pub(super) fn identity(
    context: &Context<'_>,
    path: &[u8],
    stat: &Stat,
    content: Option<ContentHash>,
) -> Result<(DocId, bool), RunError> {
    if context.fresh {
        return Ok((DocId::of_file(context.bron, path, 0), false));
    }
    if let Some(content) = content {
        let mut candidates =
            context
                .write
                .same_size_and_time(context.bron, stat.size, stat.mtime)?;
        candidates.retain(|old| old.parent.is_none() && old.content == Some(content));
        candidates.sort_by(|a, b| a.place.cmp(&b.place));
        for old in candidates {
            if old.place.path != path && is_gone(context, &old) && context.claim(old.id) {
                return Ok((old.id, true));
            }
        }
    }
    let mut attempt = 0;
    loop {
        let id = DocId::of_file(context.bron, path, attempt);
        // A document that was first seen here and moved away keeps its id; this file needs another.
        match context.write.get(id)? {
            Some(other) if other.place.path != path => attempt += 1,
            _ => return Ok((id, false)),
        }
    }
}

fn is_gone(context: &Context<'_>, document: &Document) -> bool {
    match std::fs::symlink_metadata(context.absolute(&document.place.path)) {
        Ok(_) => false,
        Err(error) => matches!(
            error.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
        ),
    }
}

/// Writes the family `id` again, now at `path` and with the fingerprint of `stat` and what lies around it. `None` when it must be read
/// after all: other readers or limits, never finished, or its text is lost.
pub(super) fn keep(
    context: &Context<'_>,
    id: DocId,
    path: &[u8],
    (stat, around): (&Stat, &Around),
) -> Result<Option<Kept>, RunError> {
    let members = context.write.family(id)?;
    let Some(top) = members.first() else {
        return Ok(None);
    };
    // What its reader found is stored with its text: without that a description cannot be laid over it.
    if top.text.is_none() && !(around.described.is_empty() && top.archief.is_empty()) {
        return Ok(None);
    }
    // What describes a member lies inside the archive: only a reader can have it.
    let within = Archief {
        kenmerken: Vec::new(),
        ..top.archief.clone()
    };
    let own = |member: &Document| {
        member.gone.is_none()
            && (member.archief != within || member.access.closed != top.access.closed)
    };
    if members[1..].iter().any(own) {
        return Ok(None);
    }
    let version = top.fingerprint.reader;
    if top.id != id || !top.complete || !context.versions.is_current(version) {
        return Ok(None);
    }
    let kept = Kept {
        readability: top.readability,
        reason: top.reason.clone(),
        documents: members.len() as u64,
    };
    let mut family = FamilyWriter::new(context.write, id, context.settings);
    for member in members {
        match again(context, member, path, (stat, around)) {
            Ok(entry) => family.push(entry)?,
            Err(IndexError::TextLost) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
    family.finish(version)?;
    Ok(Some(kept))
}

fn attachments(member: &Document) -> Vec<u64> {
    let mail = member.relations.mail.as_ref();
    mail.map_or_else(Vec::new, |mail| mail.attachments.clone())
}

fn again(
    context: &Context<'_>,
    mut member: Document,
    path: &[u8],
    (stat, around): (&Stat, &Around),
) -> Result<Entry, IndexError> {
    let version = member.fingerprint.reader;
    let stored = match &member.text {
        Some(key) => Some(context.write.blobs().read(key)?),
        None => None,
    };
    let is_file = member.parent.is_none();
    if let (true, Some((extract, text))) = (is_file, stored.as_ref()) {
        // The name of a file decides about its title, date and kind.
        let content = Content {
            extract: extract.clone(),
            text: text.as_str().into(),
            key: member.text.clone(),
            hash: member.content,
            size: member.size,
            waits: false,
            attachments: attachments(&member),
        };
        let identity = Identity::file(member.id, path);
        return Ok(entry(
            context.source,
            identity,
            &content,
            stat,
            around,
            version,
        ));
    }
    let old_name = member.place.name();
    member.place.path = path.to_vec();
    member.custodian = context.source.rules.custodian_of(path);
    if is_file && member.title == enrich::title_from_name(&old_name) {
        member.title = enrich::title_from_name(&member.place.name());
    }
    member.access = around.access();
    member.archief = around.described.archief_within();
    member.fingerprint = fingerprint(stat, around, version);
    let text: Arc<str> = stored.map_or_else(|| "".into(), |(_, text)| text.into());
    Ok(Entry {
        document: member,
        text,
    })
}
