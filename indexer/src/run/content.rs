//! What becomes of some bytes: taken from the store of texts, or made by a reader, with OCR in the second pass, and then
//! stored. Never decides which document they are.

use super::RunError;
use super::reading::FileReader;
use crate::enrich;
use crate::family::{Content, stored_content, text_key};
use crate::ocr::{self, Finish};
use crate::read::{LimitSet, Outcome as Ending, Reason};
use crate::worker::{Reading, SpooledChild};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io;
use zv_shared::index::Extract;
use zv_shared::{ContentHash, Readability};

/// Why a text is not whole before the second pass.
pub(super) const WAITS: &str = "wacht op tekstherkenning (OCR)";

/// What a document is read from.
pub(super) struct Bytes<'f> {
    /// Opens it.
    pub open: &'f dyn Fn() -> io::Result<File>,
    pub hash: ContentHash,
    pub size: u64,
    /// What was made of it already.
    pub reading: Option<Reading>,
}

impl FileReader<'_> {
    /// What a reader makes of these bytes, now or before; the text is stored when this returns.
    pub fn content(
        &mut self,
        bytes: Bytes<'_>,
        name: &str,
        limits: &LimitSet,
    ) -> Result<(Content, Vec<SpooledChild>), RunError> {
        let context = self.context;
        let blobs = context.write.blobs();
        let Bytes {
            open, hash, size, ..
        } = bytes;
        if let Some(content) = stored_content(blobs, hash, name, size, context.versions) {
            return Ok((content, Vec::new()));
        }
        let mut reading = match bytes.reading {
            Some(reading) => reading,
            None => match open() {
                Ok(file) => self.reader()?.read(&file, name, limits)?,
                Err(error) => {
                    let reason = format!("leesfout: {error}");
                    let content = Content::unreadable(reason, Some(hash), size);
                    return Ok((content, Vec::new()));
                }
            },
        };
        let waits = self.recognise(open, &mut reading);
        let attachments = match enrich::is_mail(&reading.format) {
            true => Self::hashes(&reading.children),
            false => Vec::new(),
        };
        let (readability, reason) = match reading.outcome {
            Ending::Whole => (Readability::Leesbaar, None),
            Ending::Partial(reason) => (Readability::Gedeeltelijk, Some(reason.to_string())),
            Ending::Unreadable(reason) => (Readability::Onleesbaar, Some(reason.to_string())),
        };
        let pages = if reading.text.is_empty() {
            0
        } else {
            reading.pages.len()
        };
        let extract = Extract {
            format: reading.format,
            properties: reading.properties,
            readability,
            reason,
            pages: u32::try_from(pages).unwrap_or(u32::MAX),
            has_children: !reading.children.is_empty(),
        };
        let mut key = None;
        if !reading.text.is_empty() {
            let version = match waits {
                true => context.versions.waiting(),
                false => context.versions.of(&extract),
            };
            let new = text_key(hash, name, version);
            blobs.write(&new, &extract, &reading.text)?;
            key = Some(new);
        }
        let content = Content {
            extract,
            text: reading.text.into(),
            key,
            hash: Some(hash),
            size,
            waits,
            attachments,
        };
        Ok((content, reading.children))
    }

    /// Hashes of the attachments of a mail, which tell copies of it. One that cannot be had counts by its name.
    fn hashes(children: &[SpooledChild]) -> Vec<u64> {
        let hash_of = |child: &SpooledChild| {
            let hash = child.hash().ok()?;
            Some(enrich::first_word(&hash.0))
        };
        let name = |child: &SpooledChild| enrich::first_word(&Sha256::digest(&child.name));
        children
            .iter()
            .map(|child| hash_of(child).unwrap_or_else(|| name(child)))
            .collect()
    }

    /// Gives images their text in the second pass. Whether the reading still waits for that.
    fn recognise(&self, open: &dyn Fn() -> io::Result<File>, reading: &mut Reading) -> bool {
        let ocr = match &self.context.ocr {
            Ok(ocr) if ocr.can_help(reading) => ocr,
            other => {
                ocr::explain(other.as_ref(), reading);
                return false;
            }
        };
        let stop = || self.context.stopping();
        let done = self.second_pass
            && open().is_ok_and(|file| ocr.complete(&file, reading, &stop) == Finish::Done);
        if !done && let Ending::Partial(why) | Ending::Unreadable(why) = &mut reading.outcome {
            *why = Reason::Other(WAITS.into());
        }
        !done
    }
}
