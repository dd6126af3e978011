//! What is gone from the source goes from the index, unless too much is gone at once: then a drive is more
//! likely unplugged than emptied. Never looks at what is still there.

use super::RunError;
use super::compare::Missing;
use super::context::Context;
use crate::account::{Line, Note, add};
use std::os::unix::fs::MetadataExt;
use zv_shared::DocId;

/// From this part of all files, and this number, a disappearance needs a confirmation (DESIGN section 8).
const SHARE: u64 = 5;
const LEAST: u64 = 50;

/// Deletes what is gone, or tells what would have been.
pub(super) fn cleanup(context: &Context<'_>, missing: Missing) -> Result<(), RunError> {
    let (mut gone, mut known) = (missing.gone, missing.known);
    for folder in missing.folders.iter().filter(|folder| !folder.was_listed()) {
        let files = context.write.known(context.bron, &folder.path)?;
        known += files.len() as u64;
        if !missing
            .unlistable
            .iter()
            .any(|above| is_below(&folder.path, above))
        {
            gone.extend(files.iter().map(|file| file.id));
        }
    }
    gone.retain(|id| !context.is_claimed(*id));
    let number = gone.len() as u64;
    let too_many = number >= LEAST && number * SHARE > known;
    let suspicious = too_many || (missing.empty_root && known > 0) || !root_is_there(context);
    if suspicious && number > 0 && !context.confirm_deletions {
        add(&context.tally.withheld, number);
        context.warn(format!(
            "{number} van de {known} bestanden lijken verdwenen; ze zijn niet uit de index gehaald. Klopt het, gebruik dan --bevestig-verwijderen"
        ));
        return gone
            .iter()
            .try_for_each(|id| note(context, *id, Note::VerwijderingIngehouden));
    }
    for id in gone {
        note(context, id, Note::Verwijderd)?;
        context.write.delete_family(id)?;
        add(&context.tally.deleted, 1);
    }
    Ok(())
}

fn note(context: &Context<'_>, id: DocId, what: Note) -> Result<(), RunError> {
    let Some(document) = context.write.get(id)? else {
        return Ok(());
    };
    let reason = match what {
        Note::Verwijderd => "staat niet meer in de bron",
        _ => "lijkt verdwenen uit de bron, staat nog in de index",
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
