//! Objects of other programs in RTF, which are spelled in hexadecimal digits: their bytes, one object at a time. Never
//! opens one.

use super::super::embedded::{Embedded, MOST_OPENED, spelled};
use super::super::{Limits, Outcome, Output, Reason, Stop};

/// The objects of one document.
pub(super) struct Objects<'l> {
    embedded: Embedded<'l>,
    /// The object that is being spelled, and the first half of its next byte.
    bytes: Option<Vec<u8>>,
    half: Option<u8>,
    too_large: bool,
    number: u32,
}

impl<'l> Objects<'l> {
    /// For a document with these limits.
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self {
            embedded: Embedded::new(limits),
            bytes: None,
            half: None,
            too_large: false,
            number: 0,
        }
    }

    /// An object begins.
    pub(super) fn begin(&mut self) {
        if !self.embedded.is_full() {
            self.bytes = Some(Vec::new());
            self.half = None;
            self.too_large = false;
        }
    }

    /// A digit of the object, or anything else outside of objects.
    pub(super) fn byte(&mut self, byte: u8) {
        let (Some(bytes), Some(digit)) = (&mut self.bytes, char::from(byte).to_digit(16)) else {
            return;
        };
        let digit = digit as u8;
        match self.half.take() {
            None => self.half = Some(digit),
            Some(_) if bytes.len() as u64 >= MOST_OPENED => self.too_large = true,
            Some(half) => bytes.push(half << 4 | digit),
        }
    }

    /// The group ended that may have been an object: hands over what is in it.
    pub(super) fn end(&mut self, output: &mut dyn Output) -> Result<(), Stop> {
        let Some(bytes) = self.bytes.take() else {
            return Ok(());
        };
        self.number += 1;
        let name = format!("object-{}", self.number);
        if self.too_large {
            let most = MOST_OPENED >> 20;
            let reason = format!("ingesloten objecten tot {most} MB worden gelezen");
            return self.embedded.absent(&name, Reason::Limit(reason), output);
        }
        match spelled(&name, &bytes) {
            Some(found) => self.embedded.found(&found, output),
            None => Ok(()),
        }
    }

    /// How reading the document ended, with its text read so.
    pub(super) fn finish(self, text: Outcome) -> Outcome {
        self.embedded.finish(text, Ok(()))
    }
}
