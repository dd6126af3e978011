//! Rich Text Format: running text with tables, lists and fields, notes, comments, text boxes, headers and
//! footers beside it, properties, and web pages that a mail program packed in it. Reads once from front to
//! back and holds no more than the groups that are open, and one embedded object. Never decodes pictures.

pub(super) mod charset;
mod objects;
#[cfg(test)]
mod tests;
mod tokens;
mod words;

use std::io::Read;

use charset::{Charset, Fonts, Letters};
use objects::Objects;
use tokens::{Token, Tokens};
use words::{Boundary, Destination, Moment, Place, Value};

use super::html::visible_text;
use super::ooxml::author;
use super::sink::Sink;
use super::tokens::Fault;
use super::{Input, Limits, Outcome, Output, Reason, Stop, beyond};

/// Groups deeper than this share the layout of the last one.
const DEEPEST: usize = 10_000;
/// A value (property, tag) longer than this many bytes is cut.
const LONGEST_VALUE: usize = 4096;
/// Properties beyond this number are left out: no honest document has so many.
const MOST_PROPERTIES: u32 = 200;
/// Deleted text and text beside the running text wait for their place no longer than this many bytes.
const MOST_WAITING: usize = 256 * 1024;

/// Reads an `rtf` document.
pub fn read_rtf(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    beyond::the_text(output, |output| {
        let mut reader = Reader::new(Sink::new(output));
        reader.objects = Some(Objects::new(limits));
        let result = reader.document(&mut Tokens::new(&mut input.file));
        let result = reader.sink.past(result);
        let text = reader.sink.finish(result);
        match reader.objects {
            Some(objects) => objects.finish(text),
            None => text,
        }
    })
}

/// Reads RTF that a mail program packed in a message.
pub(super) fn read_packed_rtf(mut rtf: &[u8], output: &mut dyn Output) -> Outcome {
    let mut reader = Reader::new(Sink::new(output));
    let result = reader.document(&mut Tokens::new(&mut rtf));
    let result = reader.sink.past(result);
    reader.sink.finish(result)
}

/// What holds inside one group, and is inherited by the groups in it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Group {
    place: Place,
    /// This group itself named its place: the end of the group is the end of what it holds.
    own: bool,
    /// The place that the Unicode version of a text goes to.
    around: Place,
    charset: Charset,
    /// Characters after every `\u` for readers that do not know it.
    fallback: u32,
    /// Deleted with changes tracked.
    deleted: bool,
    hidden: bool,
    /// Layout that stands in for the tags of a packed web page.
    instead_of_tags: bool,
}

struct Reader<'o> {
    sink: Sink<'o>,
    group: Group,
    around: Vec<Group>,
    /// Open groups beyond the deepest that is remembered.
    too_deep: u64,
    /// Open groups without anything to read.
    skipping: u64,
    /// The next word may be unknown together with its whole group.
    starred: bool,
    /// Characters still to pass over after `\u`.
    pass: u32,
    fonts: Fonts,
    letters: Letters,
    value: String,
    commenter: String,
    moment: Moment,
    properties: u32,
    web_page: bool,
    /// A tag of the packed web page began a line that is still empty.
    empty_line: bool,
    /// Bytes given to the sink that it may still hold.
    waiting: usize,
    /// Objects of other programs, where they are wanted.
    objects: Option<Objects<'o>>,
}

impl<'o> Reader<'o> {
    fn new(sink: Sink<'o>) -> Self {
        Self {
            sink,
            group: Group {
                place: Place::Nowhere,
                own: false,
                around: Place::Nowhere,
                charset: Charset::default(),
                fallback: 1,
                deleted: false,
                hidden: false,
                instead_of_tags: false,
            },
            around: Vec::new(),
            too_deep: 0,
            skipping: 0,
            starred: false,
            pass: 0,
            fonts: Fonts::default(),
            letters: Letters::default(),
            value: String::new(),
            commenter: String::new(),
            moment: Moment::default(),
            properties: 0,
            web_page: false,
            empty_line: true,
            waiting: 0,
            objects: None,
        }
    }

    fn document<R: Read>(&mut self, tokens: &mut Tokens<'_, R>) -> Result<(), Fault> {
        let broken = loop {
            let token = match tokens.next() {
                Ok(Some(token)) => token,
                Ok(None) => break Reason::Broken("dit rtf-bestand houdt te vroeg op".into()),
                Err(error) => break Reason::Other(format!("lezen mislukt: {error}")),
            };
            if self.token(&token)? {
                return Ok(());
            }
        };
        self.give()?;
        Err(Fault::Bad(broken))
    }

    /// Handles one piece. Says whether it was the end of the document.
    fn token(&mut self, token: &Token<'_>) -> Result<bool, Stop> {
        if self.skipping > 0 {
            match token {
                Token::Open => self.skipping += 1,
                Token::Close => self.skipping -= 1,
                Token::Byte(byte) => {
                    if let Some(objects) = &mut self.objects {
                        objects.byte(*byte);
                    }
                }
                _ => {}
            }
            if self.skipping > 0 {
                return Ok(false);
            }
            if let Some(objects) = &mut self.objects {
                objects.end(self.sink.output())?;
            }
            return self.close();
        }
        let starred = std::mem::take(&mut self.starred);
        match token {
            Token::Open => self.open()?,
            Token::Close => return self.close(),
            Token::Word(word, number) => self.word(word, *number, starred)?,
            Token::Symbol(symbol) => self.symbol(*symbol)?,
            Token::Byte(byte) => self.byte(*byte)?,
        }
        Ok(false)
    }

    fn open(&mut self) -> Result<(), Stop> {
        self.pass = 0;
        if self.around.len() >= DEEPEST {
            self.too_deep += 1;
            return self.sink.past(Err(Fault::Bad(Reason::Limit(format!(
                "meer dan {DEEPEST} groepen in elkaar"
            )))));
        }
        self.around.push(self.group);
        self.group.own = false;
        if self.around.len() == 1 {
            self.group.place = Place::Body;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<bool, Stop> {
        self.pass = 0;
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return Ok(false);
        }
        // A character of two bytes may have one in a group and one behind it.
        if self.around.len() < 2 || self.around.last() != Some(&self.group) {
            self.give()?;
        }
        let Some(around) = self.around.pop() else {
            return Ok(false);
        };
        let ended = std::mem::replace(&mut self.group, around);
        if ended.own {
            self.end(ended.place)?;
        }
        Ok(self.around.is_empty())
    }

    /// The end of a group with a place of its own.
    fn end(&mut self, place: Place) -> Result<(), Stop> {
        match place {
            Place::Beside => self.sink.end_beside(),
            // Only now it is known what the text looks like that names no font.
            Place::Fonts => self.group.charset = self.fonts.plain(),
            Place::Moment(key) => {
                let moment = std::mem::take(&mut self.moment).written();
                self.property(key, &moment.unwrap_or_default())?;
            }
            Place::Value(value) => {
                let text = std::mem::take(&mut self.value);
                match value {
                    Value::Property(key) => self.property(key, &text)?,
                    Value::Commenter => self.commenter = text,
                    Value::Tags => self.tags(&text)?,
                }
            }
            Place::Nowhere | Place::Body | Place::Info => {}
        }
        Ok(())
    }

    fn property(&mut self, key: &str, value: &str) -> Result<(), Stop> {
        self.properties += 1;
        if self.properties > MOST_PROPERTIES {
            return Ok(());
        }
        self.sink.property(key, value)
    }

    fn word(&mut self, word: &str, number: Option<i32>, starred: bool) -> Result<(), Stop> {
        if let Some(char) = words::character(word) {
            return self.char(char);
        }
        self.pass = 0;
        if word == "u" {
            return self.unit(number.unwrap_or(0));
        }
        let in_info = self.group.place == Place::Info;
        match words::destination(word, in_info).filter(|_| self.around.len() > 1) {
            Some(destination) => return self.destination(destination),
            None if starred => return self.destination(Destination::Skip),
            None => {}
        }
        if let Some(boundary) = words::boundary(word) {
            self.give()?;
            return self.boundary(boundary);
        }
        let number_or_0 = number.unwrap_or(0);
        match self.group.place {
            Place::Fonts => self.fonts.word(word, number_or_0),
            Place::Moment(_) => self.moment.word(word, number_or_0),
            _ => self.layout(word, number)?,
        }
        Ok(())
    }

    /// Words that say how what follows must be read.
    fn layout(&mut self, word: &str, number: Option<i32>) -> Result<(), Stop> {
        let on = number != Some(0);
        let number = number.unwrap_or(0);
        match word {
            "f" => self.charset(self.fonts.charset(number))?,
            "plain" => {
                self.charset(self.fonts.plain())?;
                self.give()?;
                self.group.deleted = false;
                self.group.hidden = false;
            }
            "deff" => self.fonts.standard = Some(number),
            "ansi" => self.code_page(1252)?,
            "mac" => self.code_page(10_000)?,
            "pc" => self.code_page(437)?,
            "pca" => self.code_page(850)?,
            "ansicpg" => self.code_page(number)?,
            "uc" => self.group.fallback = u32::try_from(number).unwrap_or(0).min(64),
            "deleted" => {
                self.give()?;
                self.group.deleted = on;
            }
            // In a packed web page it hides layout, not text.
            "v" if !self.web_page => {
                self.give()?;
                self.group.hidden = on;
            }
            "fromhtml" => self.web_page = on,
            "htmlrtf" if self.web_page => {
                self.give()?;
                self.group.instead_of_tags = on;
            }
            _ => {}
        }
        Ok(())
    }

    fn charset(&mut self, charset: Charset) -> Result<(), Stop> {
        if self.group.charset != charset {
            self.give()?;
            self.group.charset = charset;
        }
        Ok(())
    }

    fn code_page(&mut self, page: i32) -> Result<(), Stop> {
        match Charset::of_page(page) {
            Some(charset) => {
                self.fonts.document = charset;
                self.charset(charset)
            }
            None => Ok(()),
        }
    }

    fn destination(&mut self, destination: Destination) -> Result<(), Stop> {
        self.give()?;
        if matches!(destination, Destination::Skip | Destination::Object) {
            self.skipping = 1;
            if let Some(objects) = &mut self.objects
                && destination == Destination::Object
            {
                objects.begin();
            }
            return Ok(());
        }
        if self.too_deep > 0 {
            return Ok(());
        }
        match destination {
            Destination::To(place) => self.to(place),
            Destination::Comment => {
                self.to(Place::Beside);
                let name = std::mem::take(&mut self.commenter);
                author(Some(name), &mut self.sink)?;
            }
            Destination::Twice => {
                self.group.around = self.group.place;
                self.group.place = Place::Nowhere;
            }
            Destination::Unicode if self.group.place == Place::Nowhere => {
                self.group.place = self.group.around;
            }
            Destination::Unicode
            | Destination::Through
            | Destination::Skip
            | Destination::Object => {}
        }
        Ok(())
    }

    fn to(&mut self, place: Place) {
        if self.group.own {
            // A second name for the same group: only one end will follow.
            return;
        }
        match place {
            Place::Beside => self.sink.begin_beside(),
            Place::Value(_) => self.value.clear(),
            Place::Moment(_) => self.moment = Moment::default(),
            _ => {}
        }
        self.group.place = place;
        self.group.own = true;
    }

    fn symbol(&mut self, symbol: u8) -> Result<(), Stop> {
        match symbol {
            b'*' => {
                self.starred = true;
                Ok(())
            }
            b'\\' | b'{' | b'}' => self.byte(symbol),
            b'~' => self.char('\u{a0}'),
            b'_' => self.char('-'),
            b'\t' => self.char('\t'),
            b'\n' | b'\r' => {
                self.give()?;
                self.boundary(Boundary::Line)
            }
            // A place where a word may break, an entry of an index, the halves of a formula.
            _ => Ok(()),
        }
    }

    fn passed(&mut self) -> bool {
        let passed = self.pass > 0;
        self.pass -= u32::from(passed);
        passed
    }

    fn byte(&mut self, byte: u8) -> Result<(), Stop> {
        if !self.passed() && self.letters.byte(byte) {
            self.letters.decode(self.group.charset, false);
            self.hand_over()?;
        }
        Ok(())
    }

    fn char(&mut self, char: char) -> Result<(), Stop> {
        if !self.passed() {
            self.letters.char(char, self.group.charset);
        }
        self.full()
    }

    fn unit(&mut self, number: i32) -> Result<(), Stop> {
        self.letters.unit(number, self.group.charset);
        self.pass = self.group.fallback;
        self.full()
    }

    fn full(&mut self) -> Result<(), Stop> {
        match self.letters.text.len() {
            4096.. => self.hand_over(),
            _ => Ok(()),
        }
    }

    /// Everything read so far goes where it belongs, before something changes.
    fn give(&mut self) -> Result<(), Stop> {
        self.letters.end(self.group.charset);
        self.hand_over()
    }

    fn hand_over(&mut self) -> Result<(), Stop> {
        if self.letters.text.is_empty() {
            return Ok(());
        }
        let text = std::mem::take(&mut self.letters.text);
        let result = self.put(&text);
        // The same memory again for the next piece.
        self.letters.text = text;
        self.letters.text.clear();
        result
    }

    fn put(&mut self, text: &str) -> Result<(), Stop> {
        match self.group.place {
            _ if self.group.instead_of_tags => Ok(()),
            Place::Body | Place::Beside if self.group.deleted => {
                self.sink.removed(text);
                self.waits(text)
            }
            Place::Body | Place::Beside if self.group.hidden => {
                self.sink.hidden(text);
                self.waits(text)
            }
            Place::Body => {
                self.empty_line = false;
                self.sink.text(text)
            }
            Place::Beside => {
                self.sink.text(text)?;
                self.waits(text)
            }
            Place::Value(_) => {
                if self.value.len() < LONGEST_VALUE {
                    self.value.push_str(text);
                }
                Ok(())
            }
            Place::Nowhere | Place::Fonts | Place::Info | Place::Moment(_) => Ok(()),
        }
    }

    /// Text that waits for the end of its paragraph must not wait for ever.
    fn waits(&mut self, text: &str) -> Result<(), Stop> {
        self.waiting += text.len();
        if self.waiting > MOST_WAITING {
            self.waiting = 0;
            self.sink.paragraph()?;
            self.sink.end_part()?;
            self.sink.text("")?;
        }
        Ok(())
    }

    fn boundary(&mut self, boundary: Boundary) -> Result<(), Stop> {
        match self.group.place {
            _ if self.group.instead_of_tags => Ok(()),
            // In a packed web page the tags part the text; a line end is just a line end of its source.
            Place::Body if self.web_page && self.empty_line => Ok(()),
            Place::Body if self.web_page => self.sink.text(" "),
            Place::Body | Place::Beside => self.part(boundary),
            Place::Value(_) => self.put(" "),
            Place::Nowhere | Place::Fonts | Place::Info | Place::Moment(_) => Ok(()),
        }
    }

    fn part(&mut self, boundary: Boundary) -> Result<(), Stop> {
        match boundary {
            Boundary::Line => {
                self.sink.paragraph()?;
                // Deleted text is handed over together with text only.
                self.sink.text("")
            }
            Boundary::Cell => {
                self.sink.cell();
                Ok(())
            }
            Boundary::Row => {
                self.sink.row();
                Ok(())
            }
        }
    }

    /// The tags of a packed web page, or a character written as `&naam;`.
    fn tags(&mut self, text: &str) -> Result<(), Stop> {
        if !self.web_page || self.group.place != Place::Body {
            return Ok(());
        }
        if text.starts_with('&') {
            let visible = visible_text(text);
            return match visible.trim() {
                "" => self.sink.text(" "),
                char => self.sink.text(char),
            };
        }
        for tag in text.split('<').skip(1) {
            if let Some(boundary) = words::tag_boundary(tag) {
                self.part(boundary)?;
                self.empty_line = true;
            }
        }
        Ok(())
    }
}
