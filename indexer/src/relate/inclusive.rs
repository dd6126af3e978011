//! Inclusive mails: a mail is not inclusive when an answer to it repeats all its words, one after the other, and has
//! all its attachments; who reads the answer has read it. When in doubt a mail is inclusive. Never hides a mail.

use super::threads::Mail;
use super::{Changes, Texts};
use crate::enrich::word_hashes;
use zv_shared::index::{IndexError, RelationTable};

/// A thread with more mails than this is not judged: each counts as inclusive.
const MOST: usize = 2_000;

pub(super) fn judge(
    thread: &[&Mail],
    table: &dyn RelationTable,
    texts: &Texts<'_>,
    now: &mut Changes,
) -> Result<(), IndexError> {
    if thread.len() == 1 || thread.len() > MOST {
        now.inclusive
            .extend(thread.iter().map(|mail| (mail.row, true)));
        return Ok(());
    }
    let mut words = Vec::with_capacity(thread.len());
    for mail in thread {
        let text = texts.of_id(table.id(mail.row))?;
        words.push(word_hashes(&text).collect::<Vec<u64>>());
    }
    for (mail, own) in thread.iter().zip(&words) {
        let mut answers = thread.iter().zip(&words);
        let repeated = answers.any(|(other, theirs)| {
            answers_to(other, mail) && holds(theirs, own) && {
                let attachments = &other.links.attachments;
                mail.links
                    .attachments
                    .iter()
                    .all(|one| attachments.contains(one))
            }
        });
        now.inclusive.insert(mail.row, !repeated);
    }
    Ok(())
}

/// Whether `other` is an answer to `mail`, or at least came after it in a thread that has no references.
fn answers_to(other: &Mail, mail: &Mail) -> bool {
    match mail.links.id {
        Some(id) if !other.links.refers.is_empty() => other.links.refers.contains(&id),
        _ => other.links.reply && other.sent > mail.sent,
    }
}

/// Whether `all` has the words of `part` one after the other. A mail without words is repeated by nothing.
fn holds(all: &[u64], part: &[u64]) -> bool {
    !part.is_empty()
        && all.len() > part.len()
        && all.windows(part.len()).any(|window| window == part)
}
