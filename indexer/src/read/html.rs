//! Web pages: title, properties and the text that a reader sees, block elements as lines and table cells
//! separated by tabs, then the sentences in comments. Works on the tokens of the page and builds no tree, so that neither depth nor size
//! matters. Never runs a script, never fetches anything.

mod comment;

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::encoding::{self, Failure};
use super::{Input, Limits, Outcome, Output, key};

/// Pages in pages (`srcdoc`) beyond this depth are left out.
const SRCDOC_DEPTH: u8 = 4;
/// Properties beyond this number are left out: no honest page has so many.
const MOST_PROPERTIES: usize = 200;

/// Reads an `html` document.
pub fn read_html(input: &mut Input, _limits: &Limits, output: &mut dyn Output) -> Outcome {
    match html(input, output) {
        Ok(()) => Outcome::Whole,
        Err(failure) => failure.into(),
    }
}

fn html(input: &mut Input, output: &mut dyn Output) -> Result<(), Failure> {
    let encoding = encoding::detect_declared(input)?;
    let page = Page::new(0);
    encoding::decode(input, encoding, |piece| {
        page.feed(piece);
        let text = page.take_text();
        if !text.is_empty() {
            output.text(&text)?;
        }
        Ok(())
    })?;
    let (text, properties) = page.finish();
    if !text.is_empty() {
        output.text(&text)?;
    }
    for (name, value) in properties {
        output.property(name, &value)?;
    }
    Ok(())
}

/// The visible text of a piece of HTML, such as the body of a mail.
pub fn visible_text(html: &str) -> String {
    nested_text(html, 0)
}

/// The visible text of a whole page and its properties, title first.
pub(super) fn page(html: &str) -> (String, Vec<(&'static str, String)>) {
    let page = Page::new(0);
    page.feed(html);
    page.finish()
}

/// The visible text of a page that is XML: there every tag can close itself.
pub(super) fn xhtml_text(xhtml: &str) -> String {
    let page = Page::new(0);
    page.tokenizer.sink.0.borrow_mut().xml = true;
    page.feed(xhtml);
    page.finish().0
}

fn nested_text(html: &str, depth: u8) -> String {
    let page = Page::new(depth);
    page.feed(html);
    page.finish().0
}

/// One page being read.
struct Page {
    tokenizer: Tokenizer<Sink>,
    queue: BufferQueue,
}

impl Page {
    fn new(depth: u8) -> Self {
        let sink = Sink(RefCell::new(Walk {
            depth,
            ..Walk::default()
        }));
        // A BOM was taken off by the decoder; a second one is text.
        let options = TokenizerOpts {
            discard_bom: false,
            ..TokenizerOpts::default()
        };
        Self {
            tokenizer: Tokenizer::new(sink, options),
            queue: BufferQueue::default(),
        }
    }

    fn feed(&self, piece: &str) {
        self.queue.push_back(StrTendril::from_slice(piece));
        let _ = self.tokenizer.feed(&self.queue);
    }

    fn take_text(&self) -> String {
        std::mem::take(&mut self.tokenizer.sink.0.borrow_mut().text)
    }

    fn finish(self) -> (String, Vec<(&'static str, String)>) {
        self.tokenizer.end();
        let mut walk = self.tokenizer.sink.0.into_inner();
        for comment in std::mem::take(&mut walk.comments) {
            walk.line();
            walk.show(&format!("[opmerking in de HTML: {comment}]"));
        }
        walk.line();
        if walk.any {
            walk.text.push('\n');
        }
        if let Some(title) = walk.title.map(|t| collapsed(&t)).filter(|t| !t.is_empty()) {
            walk.properties.retain(|(name, _)| *name != key::TITLE);
            walk.properties.insert(0, (key::TITLE, title));
        }
        (walk.text, walk.properties)
    }
}

struct Sink(RefCell<Walk>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut walk = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => walk.characters(&text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return walk.start(&tag),
            Token::TagToken(tag) => walk.end(&tag.name),
            Token::CommentToken(text) => walk.comment(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// What stands between two words.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Tab,
    Line,
}

/// Where a raised text is.
#[derive(Clone, Copy)]
enum Raised {
    Begun,
    Ended,
}

/// Where the text goes while the tokens pass.
#[derive(Default)]
struct Walk {
    text: String,
    /// Whether any text was found, also text that was taken out already.
    any: bool,
    gap: Gap,
    /// Open elements of which the text is not shown.
    hidden: u32,
    /// Open `svg` and `math` elements, in which a tag may close itself.
    foreign: u32,
    /// The page is XML.
    xml: bool,
    preformatted: u32,
    /// A `sup` has just begun or ended.
    raised: Option<Raised>,
    cell_in_row: bool,
    title: Option<String>,
    in_title: bool,
    /// `title` attributes, shown after the block they stand in so that no sentence is cut.
    asides: Vec<String>,
    properties: Vec<(&'static str, String)>,
    /// What comments say to people.
    comments: Vec<String>,
    depth: u8,
}

impl Walk {
    fn characters(&mut self, text: &str) {
        if self.in_title {
            if let Some(title) = &mut self.title {
                title.push_str(text);
            }
        } else if self.hidden == 0 {
            self.show(text);
        }
    }

    fn show(&mut self, text: &str) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let (piece, after) = rest.split_at(plain_words(rest).max(first.len_utf8()));
            rest = after;
            let bare = piece.trim_end_matches(char::is_whitespace);
            if !bare.is_empty() {
                self.word(bare);
            }
            if bare.len() < piece.len() {
                let breaks = self.preformatted > 0 && piece.ends_with('\n');
                self.gap = self.gap.max(if breaks { Gap::Line } else { Gap::Space });
            }
        }
    }

    fn word(&mut self, word: &str) {
        if std::mem::replace(&mut self.any, true) {
            match self.gap {
                Gap::None if self.is_note(word) => self.text.push(' '),
                Gap::None => {}
                Gap::Space => self.text.push(' '),
                Gap::Tab => self.text.push('\t'),
                Gap::Line => self.text.push('\n'),
            }
        }
        self.gap = Gap::None;
        self.raised = None;
        self.text.push_str(word);
    }

    /// Whether `word` is the number of a note behind a word, or a word behind such a number: neither must hide the
    /// other. What belongs together stays so: `1e`, `m2`, `10` with an exponent.
    fn is_note(&self, word: &str) -> bool {
        let first = word.chars().next();
        match self.raised {
            Some(Raised::Begun) => {
                let mut before = self.text.chars().rev();
                let letters = before.by_ref().take_while(|c| c.is_alphabetic()).count();
                letters > 2 && first.is_some_and(|c| c.is_numeric() || c == '*')
            }
            Some(Raised::Ended) => {
                self.text.ends_with(char::is_numeric) && first.is_some_and(char::is_alphabetic)
            }
            None => false,
        }
    }

    fn line(&mut self) {
        self.gap = Gap::Line;
        for aside in std::mem::take(&mut self.asides) {
            self.show(&aside);
            self.gap = Gap::Line;
        }
    }

    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let closed = tag.self_closing && (self.foreign > 0 || self.xml);
        match name {
            "script" | "style" | "template" | "iframe" | "xmp" | "title" | "textarea" | "pre"
                if closed => {}
            "script" | "style" | "iframe" => {
                if name == "iframe" {
                    self.srcdoc(tag);
                }
                self.hidden += 1;
                let script = name == "script";
                return TokenSinkResult::RawData(if script {
                    RawKind::ScriptData
                } else {
                    RawKind::Rawtext
                });
            }
            "template" => self.hidden += 1,
            "title" if self.foreign == 0 => {
                // Only the first one is the title of the page; others are shown as text.
                if self.title.is_none() {
                    self.title = Some(String::new());
                    self.in_title = true;
                }
                self.line();
                return TokenSinkResult::RawData(RawKind::Rcdata);
            }
            "textarea" if self.foreign == 0 => {
                self.line();
                self.preformatted += 1;
                return TokenSinkResult::RawData(RawKind::Rcdata);
            }
            "svg" | "math" if !tag.self_closing => self.foreign += 1,
            "meta" => self.meta(tag),
            "pre" => self.preformatted += 1,
            "sup" => self.raised = Some(Raised::Begun),
            _ => {}
        }
        self.separate(name);
        if self.hidden == 0 {
            self.attributes(tag);
        }
        TokenSinkResult::Continue
    }

    fn end(&mut self, name: &str) {
        match name {
            "script" | "style" | "iframe" | "template" => {
                self.hidden = self.hidden.saturating_sub(1);
            }
            "title" if self.foreign == 0 => {
                self.in_title = false;
                self.line();
            }
            "svg" | "math" => self.foreign = self.foreign.saturating_sub(1),
            "sup" => self.raised = Some(Raised::Ended),
            "pre" | "textarea" => self.preformatted = self.preformatted.saturating_sub(1),
            _ => {}
        }
        match name {
            // The next cell brings its own tab.
            "td" | "th" => {}
            _ => self.separate(name),
        }
    }

    /// The gap that an element makes before and after itself.
    fn separate(&mut self, name: &str) {
        match name {
            "td" | "th" => {
                let cell_in_row = std::mem::replace(&mut self.cell_in_row, true);
                self.gap = self.gap.max(if cell_in_row { Gap::Tab } else { Gap::Line });
            }
            "tr" => {
                self.cell_in_row = false;
                self.line();
            }
            // A page that was saved without its scripts may hold nothing else.
            "noscript" | "noembed" => self.line(),
            "button" | "input" | "img" | "label" | "select" | "object" | "area" => {
                self.gap = self.gap.max(Gap::Space);
            }
            _ if is_block(name) => self.line(),
            _ => {}
        }
    }

    fn attributes(&mut self, tag: &Tag) {
        if let Some(alt) = attribute(tag, "alt") {
            self.gap = self.gap.max(Gap::Space);
            self.show(&alt);
            self.gap = self.gap.max(Gap::Space);
        }
        if let Some(title) = attribute(tag, "title").filter(|t| !t.trim().is_empty()) {
            self.asides.push(title);
        }
        let shown = attribute(tag, "type").is_none_or(|t| !matches!(&*t, "hidden" | "password"));
        if &*tag.name == "input"
            && shown
            && let Some(value) = attribute(tag, "value").or_else(|| attribute(tag, "placeholder"))
        {
            self.show(&value);
            self.gap = self.gap.max(Gap::Space);
        }
    }

    fn srcdoc(&mut self, tag: &Tag) {
        if self.hidden > 0 || self.depth >= SRCDOC_DEPTH {
            return;
        }
        if let Some(page) = attribute(tag, "srcdoc") {
            for line in nested_text(&page, self.depth + 1).lines() {
                self.line();
                self.show(line);
            }
            self.line();
        }
    }

    /// Keeps what somebody wrote in a comment, also in a piece of the page that was taken out with one.
    fn comment(&mut self, text: &str) {
        if self.depth >= SRCDOC_DEPTH || comment::is_condition(text) {
            return;
        }
        let said = match text.contains('<') {
            true => nested_text(text, self.depth + 1),
            false => text.to_owned(),
        };
        if comment::is_sentence(&said) {
            self.comments.push(collapsed(&said));
        }
    }

    fn meta(&mut self, tag: &Tag) {
        let name = attribute(tag, "name").or_else(|| attribute(tag, "property"));
        let (Some(name), Some(value)) = (name, attribute(tag, "content")) else {
            return;
        };
        let Some(name) = property_of(&name.to_ascii_lowercase()) else {
            return;
        };
        let value = match name {
            key::CREATED | key::MODIFIED => moment(value.trim()),
            _ => Some(collapsed(&value)).filter(|v| !v.is_empty()),
        };
        let Some(value) = value else { return };
        let several = matches!(name, key::AUTHOR | key::KEYWORDS);
        let known = self
            .properties
            .iter()
            .any(|(n, v)| *n == name && (!several || *v == value));
        if !known && self.properties.len() < MOST_PROPERTIES {
            self.properties.push((name, value));
        }
    }
}

/// How many bytes at the start of a text are words with one space between them, which can be taken as they are.
fn plain_words(text: &str) -> usize {
    let mut in_word = false;
    for (at, byte) in text.bytes().enumerate() {
        in_word = match byte {
            b' ' if in_word => false,
            // Control characters, and what other white space begins with, are looked at one by one.
            ..=b' ' | 0xc2 | 0xe1..=0xe3 => return at,
            _ => true,
        };
    }
    text.len()
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    tag.attrs
        .iter()
        .find(|a| &*a.name.local == name)
        .map(|a| a.value.to_string())
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A whole moment, or the day that a moment without time zone begins with.
fn moment(text: &str) -> Option<String> {
    if text.parse::<jiff::Timestamp>().is_ok() {
        return Some(text.to_owned());
    }
    let day = text.get(..10).unwrap_or(text);
    zv_shared::date::PartialDate::parse(day).map(|date| date.to_string())
}

fn property_of(meta: &str) -> Option<&'static str> {
    Some(match meta {
        "author" | "dc.creator" | "dcterms.creator" | "article:author" | "overheid.creator" => {
            key::AUTHOR
        }
        "description"
        | "og:description"
        | "dc.description"
        | "dcterms.description"
        | "dcterms.abstract" => key::DESCRIPTION,
        "keywords" | "dc.subject" | "dcterms.subject" => key::KEYWORDS,
        "og:title" | "dc.title" | "dcterms.title" => key::TITLE,
        "date"
        | "dc.date"
        | "dcterms.date"
        | "dcterms.created"
        | "dcterms.issued"
        | "dc.date.created"
        | "article:published_time" => key::CREATED,
        "last-modified" | "dcterms.modified" | "article:modified_time" => key::MODIFIED,
        _ => return None,
    })
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "br"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "frameset"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hgroup"
            | "hr"
            | "html"
            | "legend"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "noframes"
            | "ol"
            | "optgroup"
            | "option"
            | "p"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "text"
            | "textarea"
            | "tfoot"
            | "thead"
            | "ul"
            | "xmp"
    )
}

#[cfg(test)]
mod tests;
