//! One file that is new or not the same any more: opened, hashed, read, and given its outcome. Never parses
//! a format: that is what the reader processes do.

use super::ahead::Ahead;
use super::children::{Descent, Inside, keep_depth};
use super::compare::refusal;
use super::content::{Bytes, WAITS};
use super::context::Context;
use super::export::Export;
use super::hashing::hash_of;
use super::later::Waiting;
use super::{MakeReader, ReadDocuments, RunError, earlier, moves};
use crate::account::{Line, Made, Note, Outcome, add};
use crate::around::Around;
use crate::family::{Content, FamilyWriter, Held, Identity, Versions, entry};
use crate::read::LimitSet;
use crate::walk::{Stat, special};
use crate::worker::{SpooledChild, WorkerError};
use crossbeam_channel::Receiver;
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::time::Instant;
use zv_shared::index::KnownFile;
use zv_shared::{ContentHash, DocId, Readability};

/// Bytes that are hashed at a time.
const BLOCK: usize = 128 * 1024;
const OFFLINE: &str = "offline (niet op schijf: tape, archief of cloud)";
const UNSTABLE: &str = "veranderde tijdens het lezen";
const NO_ACCESS: &str = "geen toegang (rechten)";

/// A file that must be looked at.
pub(super) struct Job {
    pub path: Vec<u8>,
    /// As the walk saw it; `None` when the system tells nothing for lack of rights.
    pub stat: Option<Stat>,
    /// What lies around it.
    pub around: Around,
    pub known: Option<KnownFile>,
    /// What may describe it, until that was read.
    pub export: Option<Box<Export>>,
}

impl Job {
    /// Whether only the change time differs: a change of rights, or a rename there and back.
    pub fn may_be_same(&self, stat: &Stat) -> bool {
        self.known.as_ref().is_some_and(|known| {
            (known.fingerprint.size, known.fingerprint.mtime) == (stat.size, stat.mtime)
        })
    }

    /// Whether what lies around it is not as it was.
    pub fn other_around(&self) -> bool {
        let known = self.known.as_ref();
        known.is_some_and(|known| known.fingerprint.around != self.around.hash())
    }
}

/// The work of one reader thread.
pub(super) struct FileReader<'a> {
    pub context: &'a Context<'a>,
    make: &'a MakeReader<'a>,
    /// Made for the first document: a run without changes needs none.
    reader: Option<Box<dyn ReadDocuments>>,
    block: Vec<u8>,
    /// What came of the file that is being read.
    made: Made,
    /// In the second pass images get their text.
    pub second_pass: bool,
}

/// Which document a file is, and how it came by that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub id: DocId,
    pub outcome: Outcome,
}

impl<'a> FileReader<'a> {
    pub fn new(context: &'a Context<'a>, make: &'a MakeReader<'a>) -> Self {
        FileReader {
            context,
            make,
            reader: None,
            block: vec![0; BLOCK],
            made: Made::default(),
            second_pass: false,
        }
    }

    /// Works until no more files come. Once the run is ending, the rest is let go.
    pub fn work(&mut self, jobs: &Receiver<Job>) {
        for mut job in jobs {
            if self.context.stopping() {
                continue;
            }
            let begun = Instant::now();
            self.made = Made::default();
            if let Err(error) = self.file(&mut job) {
                self.context.fail(error);
            }
            let bytes = job.stat.as_ref().map_or(0, |stat| stat.size);
            let forecast = &self.context.forecast;
            forecast.done(&job.path, bytes, begun.elapsed(), self.made);
        }
    }

    /// The second pass: works until nothing waits for OCR any more. Once the run is ending, the rest is only
    /// accounted for.
    pub fn work_later(&mut self) {
        self.second_pass = true;
        loop {
            let next = self.context.later.next();
            let done = match next {
                Ok(None) => return,
                Ok(Some(waiting)) => self.later(&waiting),
                Err(error) => Err(error),
            };
            if let Err(error) = done {
                self.context.fail(error);
                return;
            }
        }
    }

    fn later(&mut self, waiting: &Waiting) -> Result<(), RunError> {
        let mut job = Job {
            path: waiting.path.clone(),
            stat: None,
            around: Around {
                access: self.context.around(&waiting.path).access,
                ..waiting.around.clone()
            },
            known: None,
            export: None,
        };
        let Standing { id, outcome } = waiting.standing;
        if self.context.stopping() {
            return self.conclude(&job, outcome, waiting.readability, Some(WAITS));
        }
        add(&self.context.tally.recognised, 1);
        match self.context.root.file(&job.path) {
            Ok(file) => self.opened(&mut job, file, Some(waiting.standing)),
            Err(error) => self.not_opened(&job, &Stat::default(), Some(id), &error),
        }
    }

    pub fn file(&mut self, job: &mut Job) -> Result<(), RunError> {
        let too_secret = self.describe(job)?;
        if let Some(reason) = too_secret {
            // Not even opened; and what was read before it was so secret goes, whoever held it.
            let stat = job.stat.unwrap_or_default();
            return self.without_content(job, &stat, None, &reason, false);
        }
        let Some(stat) = job.stat else {
            return self.unreadable(job, &Stat::default(), None, NO_ACCESS);
        };
        if self.only_around(job, &stat)? {
            return Ok(());
        }
        if self
            .context
            .offline
            .is_offline(&self.context.absolute(&job.path), &stat)
        {
            let readable = |known: &KnownFile| known.readability != Readability::Onleesbaar;
            if job.may_be_same(&stat) && job.known.as_ref().is_some_and(readable) {
                // Its text was had before it went to tape.
                self.context.tally.outcome(Outcome::Ongewijzigd);
                return Ok(());
            }
            return self.unreadable(job, &stat, None, OFFLINE);
        }
        let context = self.context;
        context.pace.wait(stat.size, || context.stopping());
        match context.root.file(&job.path) {
            Ok(file) => self.opened(job, file, None),
            Err(error) => self.not_opened(job, &stat, None, &error),
        }
    }

    fn not_opened(
        &self,
        job: &Job,
        stat: &Stat,
        id: Option<DocId>,
        error: &io::Error,
    ) -> Result<(), RunError> {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
                self.forget();
                Ok(())
            }
            _ if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => {
                self.skip(job, "symbolische koppeling")
            }
            _ => self.unreadable(job, stat, id, &refusal(error)),
        }
    }

    /// The file vanished after the walk saw it.
    fn forget(&self) {
        add(&self.context.tally.gone, 1);
        self.context
            .tally
            .seen
            .fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
    }

    fn skip(&self, job: &Job, why: &str) -> Result<(), RunError> {
        self.context.tally.outcome(Outcome::Overgeslagen);
        self.context
            .line(&Line::at(&job.path, Note::Overgeslagen, why))
    }

    /// A file that was removed by order does not come back, wherever it turns up.
    fn removed(&self, job: &Job, why: &str) -> Result<(), RunError> {
        if let Some(known) = &job.known {
            self.context.write.delete_family(known.id)?;
            add(&self.context.tally.deleted, 1);
        }
        self.skip(job, why)
    }

    fn opened(
        &mut self,
        job: &mut Job,
        mut file: File,
        mut standing: Option<Standing>,
    ) -> Result<(), RunError> {
        // A file that changes while it is read gets a second chance.
        for _ in 0..2 {
            let before = match file.metadata() {
                Ok(found) if found.is_file() => Stat::of(&found),
                Ok(found) => return self.skip(job, special(found.file_type())),
                Err(error) => {
                    let id = standing.map(|standing| standing.id);
                    return self.not_opened(job, &Stat::default(), id, &error);
                }
            };
            let hash = match self.hash(&mut file, before.size) {
                Ok(hash) => hash,
                Err(error) => {
                    let why = format!("leesfout: {error}");
                    return self.unreadable(job, &before, None, &why);
                }
            };
            if let Some(why) = self.context.removed.why(Some(hash)) {
                return self.removed(job, &why);
            }
            if !self.second_pass {
                self.compare_with_export(job, before.size, hash, Some(&mut file))?;
            }
            let standing = match standing {
                Some(standing) => standing,
                None => *standing.insert(self.standing(job, &before, hash)?),
            };
            if !self.second_pass && self.kept(job, &before, standing)? {
                return Ok(());
            }
            if self.family(job, &file, &before, hash, standing)? {
                return Ok(());
            }
        }
        let id = standing.map(|standing| standing.id);
        self.unreadable(job, &job.stat.unwrap_or_default(), id, UNSTABLE)
    }

    /// Of as many bytes as the file has: one that grows as fast as it is read would have no end.
    fn hash(&mut self, file: &mut File, size: u64) -> io::Result<ContentHash> {
        file.rewind()?;
        let (hash, bytes) = hash_of(&mut file.take(size), &mut self.block)?;
        file.rewind()?;
        add(&self.context.tally.bytes, bytes);
        Ok(hash)
    }

    /// Reads the file and everything inside it. False when the file changed meanwhile.
    fn family(
        &mut self,
        job: &Job,
        file: &File,
        stat: &Stat,
        hash: ContentHash,
        standing: Standing,
    ) -> Result<bool, RunError> {
        let context = self.context;
        let identity = Identity::file(standing.id, &job.path);
        let limits = context.settings.limits();
        let bytes = Bytes {
            open: &|| file.try_clone(),
            hash,
            size: stat.size,
            reading: None,
        };
        let (mut content, mut children) = self.content(bytes, &identity.place.name(), &limits)?;
        keep_depth(0, &limits, &mut content, &mut children);
        let version = context.versions.of_content(&content);
        let mut waits = content.waits;
        let top = entry(
            context.source,
            identity,
            &content,
            stat,
            &job.around,
            version,
        );
        let resumes = self.resumes(standing.id, hash)?;
        let held = earlier::held(context, standing.id, resumes)?;
        let mut family = match resumes {
            true => FamilyWriter::resumed(context.write, standing.id, context.settings, top)
                .holding(held),
            false => {
                let family = FamilyWriter::new(context.write, standing.id, context.settings);
                let mut family = family.holding(held);
                family.push(top)?;
                family
            }
        };
        let Content { extract, text, .. } = content;
        drop(text);
        let descent = Descent::new(
            &mut family,
            standing.id,
            &job.path,
            (stat, &job.around),
            limits,
            resumes,
        );
        let inside = descent.all(children, self)?;
        let after = file.metadata().map(|found| Stat::of(&found));
        let unchanged = after.is_ok_and(|now| (now.size, now.mtime) == (stat.size, stat.mtime));
        if !unchanged {
            return Ok(false);
        }
        waits |= inside.waits;
        let version = match inside.not_whole {
            _ if waits => context.versions.waiting(),
            _ if inside.locked || version == context.versions.locked => context.versions.locked,
            true => context.versions.limited,
            false => version,
        };
        self.made = family.made;
        earlier::tell(context, &family.finish(version)?)?;
        if waits && !self.second_pass {
            let readability = extract.readability;
            add(&context.tally.written, 1);
            context
                .later
                .add(&job.path, standing, readability, &job.around)?;
            return Ok(true);
        }
        self.account_for(&inside)?;
        self.conclude(
            job,
            standing.outcome,
            extract.readability,
            extract.reason.as_deref(),
        )?;
        Ok(true)
    }

    /// Whether a killed run left a part of this family, of the same bytes.
    fn resumes(&self, id: DocId, hash: ContentHash) -> Result<bool, RunError> {
        let before = self.context.write.get(id)?;
        Ok(before.is_some_and(|before| !before.complete && before.content == Some(hash)))
    }

    fn account_for(&self, inside: &Inside) -> Result<(), RunError> {
        let tally = &self.context.tally;
        add(&tally.children_read, inside.read);
        add(&tally.children_unreadable, inside.unreadable);
        add(&tally.written, 1);
        inside
            .lines
            .iter()
            .try_for_each(|line| self.context.line(line))
    }

    /// Counts the file; unreadable takes precedence over everything else.
    pub fn conclude(
        &self,
        job: &Job,
        outcome: Outcome,
        readability: Readability,
        reason: Option<&str>,
    ) -> Result<(), RunError> {
        let tally = &self.context.tally;
        if let Some(note) = Note::for_readability(readability) {
            let line = Line::at(&job.path, note, reason.unwrap_or_default());
            self.context.line(&line)?;
        }
        if readability == Readability::Gedeeltelijk {
            add(&tally.partial, 1);
        }
        tally.outcome(match readability {
            Readability::Onleesbaar => Outcome::Onleesbaar,
            _ => outcome,
        });
        Ok(())
    }

    /// A file of which the bytes cannot be had now. It is tried again in every run, and written only when
    /// something is new about it.
    fn unreadable(
        &self,
        job: &Job,
        stat: &Stat,
        id: Option<DocId>,
        reason: &str,
    ) -> Result<(), RunError> {
        self.without_content(job, stat, id, reason, true)
    }

    /// `may_hold`: what a case holds of it stays.
    fn without_content(
        &self,
        job: &Job,
        stat: &Stat,
        id: Option<DocId>,
        reason: &str,
        may_hold: bool,
    ) -> Result<(), RunError> {
        let context = self.context;
        let id = match (&job.known, id) {
            (Some(known), _) => known.id,
            (None, Some(id)) => id,
            (None, None) => moves::identity(context, &job.path, stat, None)?.0,
        };
        if context.removed.documents.contains(&id) {
            return self.removed(job, "verwijderd op opdracht; de inhoud is nu niet te lezen");
        }
        let content = Content::unreadable(reason.to_owned(), None, stat.size);
        let identity = Identity::file(id, &job.path);
        let entry = entry(
            context.source,
            identity,
            &content,
            stat,
            &job.around,
            Versions::RETRY,
        );
        let same = match &job.known {
            Some(_) => context
                .write
                .get(id)?
                .is_some_and(|before| before == entry.document),
            None => false,
        };
        if !same {
            let held = match may_hold {
                true => earlier::held(context, id, false)?,
                false => Held::default(),
            };
            let family = FamilyWriter::new(context.write, id, context.settings);
            let mut family = family.holding(held);
            family.push(entry)?;
            add(&context.tally.written, 1);
            earlier::tell(context, &family.finish(Versions::RETRY)?)?;
        }
        self.conclude(
            job,
            Outcome::Onleesbaar,
            Readability::Onleesbaar,
            Some(reason),
        )
    }

    /// What can be made of a child. An error of the disk with the spool costs this child.
    pub fn child(
        &mut self,
        child: &SpooledChild,
        ahead: Option<Ahead>,
        name: &str,
        limits: &LimitSet,
    ) -> Result<(Content, Vec<SpooledChild>, Vec<Ahead>), RunError> {
        let unreadable = |reason: String, hash| {
            let content = Content::unreadable(reason, hash, child.size);
            (content, Vec::new(), Vec::new())
        };
        if let Some(reason) = &child.unreadable {
            return Ok(unreadable(reason.to_string(), None));
        }
        let known = ahead.as_ref().map(|ahead| ahead.hash);
        let hash = match known.map_or_else(|| child.hash(), Ok) {
            Ok(hash) => hash,
            Err(error) => return Ok(unreadable(format!("leesfout: {error}"), None)),
        };
        if let Some(why) = self.context.removed.why(Some(hash)) {
            return Ok(unreadable(why, Some(hash)));
        }
        let (reading, inside) = match ahead {
            Some(ahead) => ahead.within(limits),
            None => (None, Vec::new()),
        };
        let bytes = Bytes {
            open: &|| child.open(),
            hash,
            size: child.size,
            reading,
        };
        let (content, children) = self.content(bytes, name, limits)?;
        Ok((content, children, inside))
    }

    pub fn reader(&mut self) -> Result<&mut dyn ReadDocuments, RunError> {
        if self.reader.is_none() {
            let reader = (self.make)()?;
            if let Some(warning) = reader.warning() {
                self.context.warn(warning);
            }
            self.reader = Some(reader);
        }
        match &mut self.reader {
            Some(reader) => Ok(reader.as_mut()),
            None => Err(WorkerError::Start("er is geen lezer".into()).into()),
        }
    }
}
