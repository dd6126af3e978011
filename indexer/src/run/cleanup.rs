//! What is gone from the source goes from the index, unless too much is gone at once: then a drive is more
//! likely unplugged than emptied. What a case holds stays, and is marked. Never looks at what is still there.

use super::RunError;
use super::compare::Missing;
use super::context::{Context, lock};
use crate::account::{Line, Note, add};
use crate::family::{FamilyWriter, Versions, stored_entry};
use crate::orders::Asked;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use zv_shared::DocId;

/// From this part of all files, and this number, a disappearance needs a confirmation (DESIGN section 8).
const SHARE: u64 = 5;
const LEAST: u64 = 50;

const STAYS: &str = "staat niet meer in de bron; een zaak houdt het vast";

/// Files that are gone.
#[derive(Default)]
struct Gone {
    /// Since this run.
    fresh: Vec<DocId>,
    /// Longer: a case held them.
    marked: Vec<DocId>,
}

/// Deletes what is gone, or tells what would have been.
pub(super) fn cleanup(context: &Context<'_>, mut missing: Missing) -> Result<(), RunError> {
    remove_described(context)?;
    let (gone, known) = gone(context, &mut missing)?;
    let number = gone.fresh.len() as u64;
    let too_many = number >= LEAST && number * SHARE > known;
    let suspicious = too_many || (missing.empty_root && known > 0) || !root_is_there(context);
    if suspicious && !context.confirm_deletions {
        add(&context.tally.lost, gone.marked.len() as u64);
        if number > 0 {
            context.warn(format!(
                "{number} van de {known} bestanden lijken verdwenen; ze zijn niet uit de index gehaald. Klopt het, gebruik dan --bevestig-verwijderen"
            ));
        }
        return withhold(context, &gone.fresh);
    }
    remove(context, gone)
}

/// What became the description of another document is none itself; its file is there, so nothing is suspicious.
fn remove_described(context: &Context<'_>) -> Result<(), RunError> {
    let fresh = std::mem::take(&mut *lock(&context.no_documents));
    let marked = Vec::new();
    remove(context, Gone { fresh, marked })
}

/// Files that are gone from where they could have been seen, and how many files were known.
fn gone(context: &Context<'_>, missing: &mut Missing) -> Result<(Gone, u64), RunError> {
    let (mut all, mut known) = (std::mem::take(&mut missing.gone), missing.known);
    for folder in missing.folders.iter().filter(|folder| !folder.was_listed()) {
        let files = context.write.known(context.bron, &folder.path)?;
        known += files.len() as u64;
        if !missing
            .unlistable
            .iter()
            .any(|above| is_below(&folder.path, above))
        {
            all.extend(files.iter().map(|file| file.id));
        }
    }
    let mut gone = Gone::default();
    for id in all {
        if context.is_claimed(id) {
            continue;
        }
        match context.write.get(id)? {
            Some(document) if document.gone.is_some() => gone.marked.push(id),
            _ => gone.fresh.push(id),
        }
    }
    Ok((gone, known))
}

/// Removes what no case holds. When that is not known, nothing is removed.
fn remove(context: &Context<'_>, gone: Gone) -> Result<(), RunError> {
    if gone.fresh.is_empty() && gone.marked.is_empty() {
        return Ok(());
    }
    let mut members = Vec::new();
    for id in gone.fresh.iter().chain(&gone.marked) {
        let family = context.write.family(*id)?;
        members.extend(family.iter().map(|member| (Asked::whole(member), *id)));
    }
    let asked: Vec<Asked> = members.iter().map(|(member, _)| *member).collect();
    let held = match context.orders.hold(context.bron, &asked) {
        Ok(held) => held,
        Err(why) => {
            context.warn(format!("er is niets uit de index gehaald: {why}"));
            add(&context.tally.lost, gone.marked.len() as u64);
            return withhold(context, &gone.fresh);
        }
    };
    let held: BTreeSet<DocId> = members
        .into_iter()
        .zip(held)
        .filter_map(|((_, file), held)| held.then_some(file))
        .collect();
    let all = [(gone.fresh, false), (gone.marked, true)];
    for (ids, marked) in all {
        for id in ids {
            match (held.contains(&id), marked) {
                (true, true) => add(&context.tally.lost, 1),
                (true, false) => mark(context, id)?,
                (false, _) => {
                    note(context, id, Note::Verwijderd, "staat niet meer in de bron")?;
                    context.write.delete_family(id)?;
                    add(&context.tally.deleted, 1);
                }
            }
        }
    }
    Ok(())
}

fn withhold(context: &Context<'_>, fresh: &[DocId]) -> Result<(), RunError> {
    add(&context.tally.withheld, fresh.len() as u64);
    let why = "lijkt verdwenen uit de bron, staat nog in de index";
    fresh
        .iter()
        .try_for_each(|id| note(context, *id, Note::VerwijderingIngehouden, why))
}

/// Marks a family whose file is gone: it can be found as before, and says so.
fn mark(context: &Context<'_>, id: DocId) -> Result<(), RunError> {
    note(context, id, Note::Verdwenen, STAYS)?;
    let since = Timestamp::now();
    let mut family = FamilyWriter::new(context.write, id, context.settings);
    let mut written = 0;
    for mut member in context.write.family(id)? {
        member.gone.get_or_insert(since);
        family.push(stored_entry(context.write.blobs(), member)?)?;
        written += 1;
    }
    // Should the file come back, it is looked at again.
    family.finish(Versions::RETRY)?;
    add(&context.tally.lost, 1);
    add(&context.tally.written, written);
    Ok(())
}

fn note(context: &Context<'_>, id: DocId, what: Note, reason: &str) -> Result<(), RunError> {
    let Some(document) = context.write.get(id)? else {
        return Ok(());
    };
    context.line(&Line::new(&document.place, what, reason))
}

fn is_below(folder: &[u8], above: &[u8]) -> bool {
    above.is_empty()
        || folder
            .strip_prefix(above)
            .is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

/// Whether the root is still the folder with which the run began: a drive may go while it is read.
fn root_is_there(context: &Context<'_>) -> bool {
    let now = std::fs::metadata(context.root_path).map(|found| (found.dev(), found.ino()));
    let then = context.root.inode();
    matches!((now, then), (Ok(now), Ok(then)) if now == then)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_means_the_folder_itself_or_inside_it() {
        assert!(is_below(b"a/b", b"a"));
        assert!(is_below(b"a", b"a"));
        assert!(is_below(b"a", b""));
        assert!(is_below(b"", b""));
        assert!(!is_below(b"ab", b"a"));
        assert!(!is_below(b"a", b"a/b"));
    }
}
