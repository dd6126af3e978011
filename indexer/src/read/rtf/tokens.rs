//! The pieces that an RTF file consists of: braces, control words, control symbols and bytes of text, from a
//! small buffer whatever the size of the file. Never gives a meaning to any of them, except that the bytes
//! behind `\bin` are passed over because they may look like anything.

use std::io::{self, Read};

use super::super::encoding::read_full;

/// Bytes read at a time.
const CHUNK: usize = 64 * 1024;
/// The longest control word that is kept; the format allows 32 letters.
const LONGEST_WORD: usize = 32;

/// One piece of an RTF file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// A control word without its backslash, and its number.
    Word(&'t str, Option<i32>),
    /// What stands behind a backslash when it is no letter.
    Symbol(u8),
    /// A byte of text, written as itself or as `\'hh`.
    Byte(u8),
}

/// Reads pieces from a file, or from what stands in for one.
pub(super) struct Tokens<'f, R> {
    file: &'f mut R,
    chunk: Vec<u8>,
    at: usize,
    filled: usize,
    word: String,
}

impl<'f, R: Read> Tokens<'f, R> {
    /// Reads from where the file stands.
    pub(super) fn new(file: &'f mut R) -> Self {
        Self {
            file,
            chunk: vec![0; CHUNK],
            at: 0,
            filled: 0,
            word: String::with_capacity(LONGEST_WORD),
        }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.filled {
            self.at = 0;
            self.filled = read_full(self.file, &mut self.chunk)?;
        }
        Ok(self.chunk[..self.filled].get(self.at).copied())
    }

    fn take(&mut self) -> io::Result<Option<u8>> {
        let byte = self.peek()?;
        self.at += usize::from(byte.is_some());
        Ok(byte)
    }

    /// The next byte if it is wanted.
    fn take_if(&mut self, wanted: impl Fn(u8) -> bool) -> io::Result<Option<u8>> {
        match self.peek()? {
            Some(byte) if wanted(byte) => self.take(),
            _ => Ok(None),
        }
    }

    /// The next piece, or nothing at the end of the file.
    pub(super) fn next(&mut self) -> io::Result<Option<Token<'_>>> {
        while let Some(byte) = self.take()? {
            return Ok(Some(match byte {
                b'{' => Token::Open,
                b'}' => Token::Close,
                b'\\' => match self.peek()? {
                    None => return Ok(None),
                    Some(b'a'..=b'z' | b'A'..=b'Z') => return self.word().map(Some),
                    Some(b'\'') => match self.hex()? {
                        Some(byte) => Token::Byte(byte),
                        None => continue,
                    },
                    Some(symbol) => {
                        self.at += 1;
                        Token::Symbol(symbol)
                    }
                },
                // Line ends and other control characters are layout of the file, not of the text.
                b'\t' | 0x20.. => Token::Byte(byte),
                _ => continue,
            }));
        }
        Ok(None)
    }

    fn word(&mut self) -> io::Result<Token<'_>> {
        self.word.clear();
        while let Some(letter) = self.take_if(|byte| byte.is_ascii_alphabetic())? {
            // One letter too many stays, so that a longer word is not taken for a known one.
            if self.word.len() <= LONGEST_WORD {
                self.word.push(char::from(letter));
            }
        }
        let negative = self.take_if(|byte| byte == b'-')?.is_some();
        let mut number = None;
        while let Some(digit) = self.take_if(|byte| byte.is_ascii_digit())? {
            let digit = i32::from(digit - b'0');
            number = Some(
                number
                    .unwrap_or(0_i32)
                    .saturating_mul(10)
                    .saturating_add(digit),
            );
        }
        let number = number.map(|number| if negative { -number } else { number });
        self.take_if(|byte| byte == b' ')?;
        if self.word == "bin" {
            self.pass(number.unwrap_or(0))?;
        }
        Ok(Token::Word(&self.word, number))
    }

    /// The byte behind `\'`; what is no hexadecimal digit stays.
    fn hex(&mut self) -> io::Result<Option<u8>> {
        self.at += 1;
        let mut value = None;
        for _ in 0..2 {
            let Some(digit) = self.take_if(|byte| byte.is_ascii_hexdigit())? else {
                break;
            };
            let digit = char::from(digit).to_digit(16).unwrap_or(0) as u8;
            value = Some((value.unwrap_or(0_u8) << 4) | digit);
        }
        Ok(value)
    }

    fn pass(&mut self, bytes: i32) -> io::Result<()> {
        let mut left = usize::try_from(bytes).unwrap_or(0);
        while left > 0 && self.peek()?.is_some() {
            let step = left.min(self.filled - self.at);
            self.at += step;
            left -= step;
        }
        Ok(())
    }
}
