//! Which characters the bytes of an RTF text stand for: code pages of the document and of each of its fonts,
//! and decoding with them. Never looks at the words of the format.

use std::collections::HashMap;

use encoding_rs::{Decoder, Encoding, WINDOWS_1252};

/// Fonts beyond this number have the code page of the document: no honest document has so many.
const MOST_FONTS: usize = 10_000;

const DOS_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
const DOS_850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

/// How bytes become characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Charset {
    /// One of the encodings of the web, Windows' code pages among them.
    Web(&'static Encoding),
    /// ASCII and these 128 characters.
    Dos(&'static str),
}

impl Default for Charset {
    fn default() -> Self {
        Self::Web(WINDOWS_1252)
    }
}

impl Charset {
    /// The code page with this number (`\ansicpg`, `\cpg`), if it is known here.
    pub(in super::super) fn of_page(page: i32) -> Option<Self> {
        let label = match page {
            437 => return Some(Self::Dos(DOS_437)),
            850 | 858 => return Some(Self::Dos(DOS_850)),
            866 => "ibm866".to_owned(),
            932 => "shift_jis".to_owned(),
            936 => "gbk".to_owned(),
            949 | 1361 => "euc-kr".to_owned(),
            950 => "big5".to_owned(),
            10_000 => "macintosh".to_owned(),
            10_007 => "x-mac-cyrillic".to_owned(),
            20_866 => "koi8-r".to_owned(),
            1200 => "utf-16le".to_owned(),
            20_932 | 51_932 => "euc-jp".to_owned(),
            21_866 => "koi8-u".to_owned(),
            50_220..=50_222 => "iso-2022-jp".to_owned(),
            51_949 => "euc-kr".to_owned(),
            54_936 => "gb18030".to_owned(),
            28_591..=28_606 => format!("iso-8859-{}", page - 28_590),
            65_001 => "utf-8".to_owned(),
            _ => format!("windows-{page}"),
        };
        Encoding::for_label(label.as_bytes()).map(Self::Web)
    }

    /// Whether every byte is a character, or the encoding is UTF-8.
    pub(in super::super) fn is_single_byte(self) -> bool {
        match self {
            Self::Web(encoding) => encoding.is_single_byte() || encoding == encoding_rs::UTF_8,
            Self::Dos(_) => true,
        }
    }

    /// A whole text in this code page.
    pub(in super::super) fn text(self, bytes: &[u8]) -> String {
        let mut letters = Letters {
            bytes: bytes.to_vec(),
            ..Letters::default()
        };
        letters.end(self);
        letters.text
    }

    /// The character set of a font (`\fcharset`); nothing when the document decides.
    fn of_font(charset: i32) -> Option<Self> {
        let page = match charset {
            0 => 1252,
            77 => 10_000,
            78 | 128 => 932,
            129 => 949,
            130 => 1361,
            134 => 936,
            136 => 950,
            161 => 1253,
            162 => 1254,
            163 => 1258,
            177 => 1255,
            178 => 1256,
            186 => 1257,
            204 => 1251,
            222 => 874,
            238 => 1250,
            254 => 437,
            255 => 850,
            _ => return None,
        };
        Self::of_page(page)
    }
}

/// The font table, as far as it tells how to read bytes.
#[derive(Default)]
pub(super) struct Fonts {
    /// Of the whole document.
    pub(super) document: Charset,
    /// The font of text that names none.
    pub(super) standard: Option<i32>,
    of: HashMap<i32, Charset>,
    /// The font that the table is at.
    current: i32,
}

impl Fonts {
    /// A word inside the font table.
    pub(super) fn word(&mut self, word: &str, number: i32) {
        let charset = match word {
            "f" => {
                self.current = number;
                return;
            }
            "fcharset" => Charset::of_font(number),
            "cpg" => Charset::of_page(number),
            _ => return,
        };
        if let Some(charset) = charset
            && self.of.len() < MOST_FONTS
        {
            self.of.insert(self.current, charset);
        }
    }

    /// How text in this font is read.
    pub(super) fn charset(&self, font: i32) -> Charset {
        self.of.get(&font).copied().unwrap_or(self.document)
    }

    /// How text is read that names no font.
    pub(super) fn plain(&self) -> Charset {
        self.standard.map_or(self.document, |f| self.charset(f))
    }
}

/// Bytes of text on their way to characters.
#[derive(Default)]
pub(super) struct Letters {
    bytes: Vec<u8>,
    decoder: Option<Decoder>,
    /// The first half of a character beyond U+FFFF.
    high: Option<u16>,
    /// The characters so far.
    pub(super) text: String,
}

impl Letters {
    /// Adds a byte. Says whether so much is waiting that it should be handed over.
    pub(super) fn byte(&mut self, byte: u8) -> bool {
        self.end_half();
        self.bytes.push(byte);
        self.bytes.len() >= 4096
    }

    /// Adds a character, which ends whatever the bytes before it began.
    pub(super) fn char(&mut self, char: char, charset: Charset) {
        self.end_half();
        self.decode(charset, true);
        self.text.push(char);
    }

    /// Adds what `\u` names: a character, or half of one.
    pub(super) fn unit(&mut self, number: i32, charset: Charset) {
        // Units from 0x8000 up are written as negative numbers.
        let code = if number < 0 {
            number + 0x1_0000
        } else {
            number
        };
        let code = u32::try_from(code).unwrap_or(0xfffd);
        let half = u16::try_from(code).unwrap_or(0);
        match (self.high, half) {
            (_, 0xd800..=0xdbff) => {
                self.end_half();
                self.decode(charset, true);
                self.high = Some(half);
            }
            (Some(high), 0xdc00..=0xdfff) => {
                self.high = None;
                let both = char::decode_utf16([high, half]).map(|c| c.unwrap_or('\u{fffd}'));
                self.text.extend(both);
            }
            _ => self.char(char::from_u32(code).unwrap_or('\u{fffd}'), charset),
        }
    }

    /// A first half without a second is a character that cannot be read.
    fn end_half(&mut self) {
        if self.high.take().is_some() {
            self.text.push('\u{fffd}');
        }
    }

    /// Makes characters of the bytes. `last` when what follows is no continuation of them.
    pub(super) fn decode(&mut self, charset: Charset, last: bool) {
        if self.bytes.is_empty() && self.decoder.is_none() {
            return;
        }
        match charset {
            Charset::Dos(upper) => {
                let char = |byte: &u8| match byte.checked_sub(0x80) {
                    None => Some(char::from(*byte)),
                    Some(place) => upper.chars().nth(usize::from(place)),
                };
                self.text.extend(self.bytes.iter().filter_map(char));
            }
            Charset::Web(encoding) => {
                let decoder = self
                    .decoder
                    .get_or_insert_with(|| encoding.new_decoder_without_bom_handling());
                let most = decoder.max_utf8_buffer_length(self.bytes.len());
                self.text.reserve(most.unwrap_or(0));
                let _ = decoder.decode_to_string(&self.bytes, &mut self.text, last);
                if last {
                    self.decoder = None;
                }
            }
        }
        self.bytes.clear();
    }

    /// Ends the text so far, whatever it waits for.
    pub(super) fn end(&mut self, charset: Charset) {
        self.end_half();
        self.decode(charset, true);
    }
}
