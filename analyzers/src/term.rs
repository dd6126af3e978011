//! The form in which a term is stored. Owns the length limit: nothing is dropped for its length, a long term
//! becomes its beginning and a hash. Never knows what a term means.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// No term is longer.
pub(crate) const MAX_TERM_BYTES: usize = 200;

/// What stays readable of a longer one; 20 bytes of SHA-256 in hex make up the rest.
const KEPT_BYTES: usize = 160;
const HASH_BYTES: usize = 20;

/// Builds one term in a reused buffer, in constant memory however long the word is.
pub(crate) struct TermWriter<'t> {
    head: &'t mut String,
    rest: Option<Sha256>,
}

impl<'t> TermWriter<'t> {
    pub(crate) fn new(buffer: &'t mut String) -> Self {
        buffer.clear();
        TermWriter {
            head: buffer,
            rest: None,
        }
    }

    /// Appends a folded character.
    pub(crate) fn push(&mut self, c: char) {
        if self.rest.is_none() && self.head.len() + c.len_utf8() <= MAX_TERM_BYTES {
            self.head.push(c);
        } else {
            let hash = self
                .rest
                .get_or_insert_with(|| Sha256::new_with_prefix(self.head.as_bytes()));
            hash.update(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    /// Appends ASCII letters and digits (and `'`) as they stand in the text, lower-cased.
    pub(crate) fn push_ascii(&mut self, text: &str) {
        let len = self.head.len();
        if self.rest.is_none() && len + text.len() <= MAX_TERM_BYTES {
            self.head.push_str(text);
            self.head[len..].make_ascii_lowercase();
        } else {
            text.chars().for_each(|c| self.push(c.to_ascii_lowercase()));
        }
    }

    /// The bytes written, as long as they are the term itself.
    pub(crate) fn len(&self) -> usize {
        self.head.len()
    }

    /// The term so far, to be changed in place; `None` when it is too long for that.
    pub(crate) fn as_mut(&mut self) -> Option<&mut String> {
        if self.rest.is_none() {
            Some(self.head)
        } else {
            None
        }
    }

    /// Ends the term.
    pub(crate) fn finish(self) {
        let Some(hash) = self.rest else { return };
        let mut kept = KEPT_BYTES.min(self.head.len());
        while !self.head.is_char_boundary(kept) {
            kept -= 1;
        }
        self.head.truncate(kept);
        push_hex(self.head, &hash.finalize()[..HASH_BYTES]);
    }
}

/// Appends `bytes` in hex.
pub(crate) fn push_hex(out: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(text: &str) -> String {
        let mut out = String::new();
        let mut writer = TermWriter::new(&mut out);
        text.chars().for_each(|c| writer.push(c));
        writer.finish();
        out
    }

    #[test]
    fn a_term_that_fits_stays_as_it_is() {
        assert_eq!(term(&"a".repeat(200)), "a".repeat(200));
    }

    #[test]
    fn long_terms_keep_their_beginning_and_differ_by_their_end() {
        let (one, two) = (term(&"é".repeat(101)), term(&("é".repeat(101) + "x")));
        assert!(one.starts_with(&"é".repeat(80)) && one.len() == 200);
        assert_ne!(one, two);
        let odd = term(&("x".to_owned() + &"é".repeat(101)));
        assert_eq!(odd.len(), 199, "cut at a character boundary");
    }

    #[test]
    fn both_ways_of_writing_give_the_same_term() {
        for len in [3, 199, 200, 201, 5_000] {
            let text = "aB9".repeat(len).chars().take(len).collect::<String>();
            let mut out = String::new();
            let mut writer = TermWriter::new(&mut out);
            writer.push_ascii(&text);
            writer.finish();
            assert_eq!(out, term(&text.to_lowercase()), "{len}");
        }
    }
}
