//! What the control words of RTF mean to somebody who wants the text: which groups hold text, properties or
//! neither, and which words are characters or ends of lines. Never reads or writes.

use super::super::key;

/// Something that is remembered while its group lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A property of the document, under this name.
    Property(&'static str),
    /// Who made the next comment.
    Commenter,
    /// Tags of the web page that is packed in this document.
    Tags,
}

/// Where the text of a group goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Nowhere: around the document, or between the properties.
    Nowhere,
    /// The running text.
    Body,
    /// Notes, text boxes, headers and footers: beside the running text.
    Beside,
    /// The font table.
    Fonts,
    /// The properties.
    Info,
    /// A value.
    Value(Value),
    /// A moment, under this name.
    Moment(&'static str),
}

/// What a control word makes of the group that it opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// Its text goes to a place of its own.
    To(Place),
    /// A comment on the text.
    Comment,
    /// Part of the place that it stands in.
    Through,
    /// The same text twice: without Unicode, and then with it in a `\ud` group.
    Twice,
    /// The second of these.
    Unicode,
    /// The bytes of an object of another program.
    Object,
    /// Nothing to read.
    Skip,
}

/// The destination that a control word names, if it names one. `in_info` inside the properties.
pub(super) fn destination(word: &str, in_info: bool) -> Option<Destination> {
    use Destination::{Comment, Object, Skip, Through, To, Twice, Unicode};
    if in_info && let Some(place) = info(word) {
        return Some(To(place));
    }
    Some(match word {
        "fonttbl" => To(Place::Fonts),
        "info" => To(Place::Info),
        "footnote" | "header" | "headerl" | "headerr" | "headerf" | "footer" | "footerl"
        | "footerr" | "footerf" | "shptxt" | "dptxbxtext" => To(Place::Beside),
        "annotation" => Comment,
        "atnauthor" => To(Place::Value(Value::Commenter)),
        "htmltag" => To(Place::Value(Value::Tags)),
        "shpinst" | "do" | "nesttableprops" | "moMath" | "moMathPara" | "fldrslt" | "listtext"
        | "pntext" | "result" => Through,
        "upr" => Twice,
        "ud" => Unicode,
        "objdata" => Object,
        "stylesheet" | "colortbl" | "filetbl" | "listtable" | "listoverridetable" | "revtbl"
        | "rsidtbl" | "pict" | "objclass" | "objname" | "fldinst" | "nonshppict" | "sp"
        | "shprslt" | "datafield" | "formfield" | "bkmkstart" | "bkmkend" | "pn" | "xe" | "tc"
        | "tcn" | "rxe" | "mchr" | "mmathPict" | "nonesttables" | "falt" => Skip,
        // What formulas look like: \mrPr, \mctrlPr, \mfPr and many more.
        _ if word.starts_with('m') && word.ends_with("Pr") => Skip,
        _ => return None,
    })
}

fn info(word: &str) -> Option<Place> {
    Some(match word {
        "title" => Place::Value(Value::Property(key::TITLE)),
        "author" => Place::Value(Value::Property(key::AUTHOR)),
        "subject" | "doccomm" => Place::Value(Value::Property(key::DESCRIPTION)),
        "keywords" => Place::Value(Value::Property(key::KEYWORDS)),
        "creatim" => Place::Moment(key::CREATED),
        "revtim" => Place::Moment(key::MODIFIED),
        _ => return None,
    })
}

/// The character that a control word stands for.
pub(super) fn character(word: &str) -> Option<char> {
    Some(match word {
        "tab" => '\t',
        "emdash" => '\u{2014}',
        "endash" => '\u{2013}',
        "bullet" => '\u{2022}',
        "lquote" => '\u{2018}',
        "rquote" => '\u{2019}',
        "ldblquote" => '\u{201c}',
        "rdblquote" => '\u{201d}',
        "emspace" | "enspace" | "qmspace" => ' ',
        "zwj" => '\u{200d}',
        "zwnj" => '\u{200c}',
        _ => return None,
    })
}

/// What parts two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Boundary {
    /// The end of a paragraph, line, page or section.
    Line,
    /// The end of a table cell.
    Cell,
    /// The beginning or the end of a table row.
    Row,
}

/// The boundary that a control word stands for.
pub(super) fn boundary(word: &str) -> Option<Boundary> {
    Some(match word {
        "par" | "line" | "sect" | "page" | "column" | "softline" | "softpage" => Boundary::Line,
        "cell" | "nestcell" => Boundary::Cell,
        "row" | "nestrow" | "trowd" => Boundary::Row,
        _ => return None,
    })
}

/// The boundary that an HTML tag stands for. `tag` is what follows its `<`.
pub(super) fn tag_boundary(tag: &str) -> Option<Boundary> {
    let name = tag.strip_prefix('/').unwrap_or(tag);
    let end = name
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(name.len());
    Some(match name[..end].to_ascii_lowercase().as_str() {
        "p" | "br" | "div" | "li" | "ul" | "ol" | "table" | "h1" | "h2" | "h3" | "h4" | "h5"
        | "h6" | "hr" | "pre" | "blockquote" | "body" | "title" | "dt" | "dd" | "option" => {
            Boundary::Line
        }
        "td" | "th" if tag.starts_with('/') => Boundary::Cell,
        "tr" => Boundary::Row,
        _ => return None,
    })
}

/// A moment, as its words come by.
#[derive(Default)]
pub(super) struct Moment {
    /// Year, month, day, hour and minute.
    parts: [Option<u32>; 5],
}

impl Moment {
    /// A word inside the group of a moment.
    pub(super) fn word(&mut self, word: &str, number: i32) {
        let names = ["yr", "mo", "dy", "hr", "min"];
        if let Some(place) = names.iter().position(|name| *name == word) {
            self.parts[place] = u32::try_from(number).ok();
        }
    }

    /// As the fields of a document want it; nothing for the zeros that programs write when they do not know.
    pub(super) fn written(&self) -> Option<String> {
        let [
            Some(year @ 1..=9999),
            Some(month @ 1..=12),
            Some(day @ 1..=31),
            hour,
            minute,
        ] = self.parts
        else {
            return None;
        };
        let date = format!("{year:04}-{month:02}-{day:02}");
        Some(match (hour, minute.unwrap_or(0)) {
            (Some(hour @ 0..=23), minute @ 0..=59) => format!("{date}T{hour:02}:{minute:02}:00"),
            _ => date,
        })
    }
}
