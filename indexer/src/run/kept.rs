//! Files of which the bytes are as they were, here or at another place: which document they are, and writing it again
//! without reading. Never opens a file.

use super::reading::{FileReader, Job, Standing};
use super::{RunError, moves};
use crate::account::{Outcome, add};
use crate::walk::Stat;
use zv_shared::ContentHash;

impl FileReader<'_> {
    pub fn standing(
        &self,
        job: &Job,
        stat: &Stat,
        hash: ContentHash,
    ) -> Result<Standing, RunError> {
        let Some(known) = &job.known else {
            let (id, moved) = moves::identity(self.context, &job.path, stat, Some(hash))?;
            let outcome = if moved {
                Outcome::Verplaatst
            } else {
                Outcome::Nieuw
            };
            return Ok(Standing { id, outcome });
        };
        let same = job.may_be_same(stat) && !self.context.tries_again(known) && {
            let before = self.context.write.get(known.id)?;
            before.is_some_and(|before| before.content == Some(hash))
        };
        let outcome = if same {
            Outcome::Ongewijzigd
        } else {
            Outcome::Gewijzigd
        };
        Ok(Standing {
            id: known.id,
            outcome,
        })
    }

    /// Whether only what lies around the bytes changed: then its documents are written again, and nothing is opened. A
    /// change of rights moves the change time too.
    pub fn only_around(&mut self, job: &mut Job, stat: &Stat) -> Result<bool, RunError> {
        let context = self.context;
        let Some(known) = job.known.clone() else {
            return Ok(false);
        };
        if context.every_byte
            || context.tries_again(&known)
            || !job.may_be_same(stat)
            || !job.other_around()
        {
            return Ok(false);
        }
        let before = match job.around.described.is_empty() {
            true => None,
            false => context.write.get(known.id)?,
        };
        if let Some(hash) = before.as_ref().and_then(|before| before.content) {
            self.compare_with_export(job, stat.size, hash, None)?;
        }
        if !job.other_around() && context.looks_same(stat, &known) {
            // What was wrong with its export still is.
            let reason = before.and_then(|before| before.reason);
            let (outcome, readable) = (Outcome::Ongewijzigd, known.readability);
            self.conclude(job, outcome, readable, reason.as_deref())?;
            return Ok(true);
        }
        let standing = Standing {
            id: known.id,
            outcome: Outcome::Ongewijzigd,
        };
        self.kept(job, stat, standing)
    }

    /// The same bytes as before, here or elsewhere: what was read then still holds.
    pub fn kept(&self, job: &Job, stat: &Stat, standing: Standing) -> Result<bool, RunError> {
        if !matches!(standing.outcome, Outcome::Ongewijzigd | Outcome::Verplaatst) {
            return Ok(false);
        }
        let around = (stat, &job.around);
        let kept = moves::keep(self.context, standing.id, &job.path, around)?;
        if let Some(kept) = &kept {
            add(&self.context.tally.written, kept.documents);
            let outcome = match standing.outcome {
                Outcome::Ongewijzigd if job.other_around() => {
                    add(&self.context.tally.around, 1);
                    Outcome::Gewijzigd
                }
                outcome => outcome,
            };
            self.conclude(job, outcome, kept.readability, kept.reason.as_deref())?;
        }
        Ok(kept.is_some())
    }
}
