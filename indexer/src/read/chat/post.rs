//! One message or post in JSON: its moment, sender, text and marks, whatever program wrote it. The programs
//! differ in the names of their fields and change them often, so every text under a name that is not known is
//! kept as a remark. Never knows how the messages lie in the file.

use serde_json::{Map, Value};

use super::{DELETED, EDITED, Moment};

/// A message as it is to be written.
#[derive(Debug, Default)]
pub(super) struct Post {
    pub(super) moment: Option<Moment>,
    pub(super) sender: Option<String>,
    /// Written by the program itself.
    pub(super) system: bool,
    pub(super) text: String,
    pub(super) marks: Vec<String>,
    /// The texts are web pages.
    html: bool,
}

const MOMENTS: [&str; 16] = [
    "date",
    "timestamp_ms",
    "sent_at",
    "ts",
    "created_at",
    "createdAt",
    "createdDateTime",
    "originalarrivaltime",
    "composetime",
    "timestamp",
    "creation_timestamp",
    "date_unixtime",
    "time",
    "received_at",
    "created_timestamp",
    "taken_at",
];

const SENDERS: [&str; 12] = [
    "sender_name",
    "senderName",
    "sender",
    "displayName",
    "from",
    "actor",
    "author",
    "user_profile",
    "username",
    "user",
    "senderId",
    "source",
];

const TEXTS: [&str; 13] = [
    "full_text",
    "text",
    "content",
    "body",
    "post",
    "comment",
    "message",
    "caption",
    "title",
    "description",
    "share_text",
    "subject",
    "action",
];

/// Names under which no words stand that a person wrote.
const MACHINE: [&str; 41] = [
    "type",
    "subtype",
    "lang",
    "source",
    "indices",
    "mimetype",
    "mime_type",
    "contentType",
    "content_type",
    "messageType",
    "messagetype",
    "team",
    "source_team",
    "user_team",
    "filetype",
    "mode",
    "etag",
    "locale",
    "importance",
    "version",
    "key",
    "packKey",
    "digest",
    "hash",
    "blurHash",
    "uuid",
    "properties",
    "thumbnail",
    "thread_path",
    "media_type",
    "clientmessageid",
    "conversationLink",
    "amsreferences",
    "user_profile",
    "id_str",
    "media_metadata",
    "extended_entities",
    "icons",
    "policyViolation",
    "readStatus",
    "seenStatus",
];

/// JSON does not nest deeper than its parser allows, which is about this.
const DEEPEST: u8 = 130;
/// In longer texts, and among more remarks, is not looked for what was said already: that would take too long.
const LOOKED_THROUGH: usize = 32 << 10;
const REMARKS_LOOKED_AT: usize = 100;

/// What stands beside a `name` that is that of a file.
const FILE_FIELDS: [&str; 5] = [
    "url_private",
    "path",
    "contentType",
    "contentUrl",
    "mimetype",
];

impl Post {
    /// Reads one element of a list of messages.
    pub(super) fn read(item: &Value, html: bool) -> Self {
        let mut post = Self {
            moment: moment(item, 0),
            sender: sender(item, 0),
            system: is_system(item),
            html,
            ..Self::default()
        };
        // Mail-like fields first, so that a subject is not in the way of the text.
        for name in TEXTS {
            post.texts(item, name, 0);
        }
        if html {
            post.text = super::super::html::visible_text(&post.text)
                .trim_end()
                .to_owned();
        }
        post.rest(item, "", 0);
        if post.system && post.text.is_empty() && post.marks.is_empty() {
            let kind = ["action", "subtype", "type", "messagetype", "messageType"];
            let kind = kind.iter().find_map(|name| item.get(name)?.as_str());
            post.text = kind.unwrap_or_default().to_owned();
        }
        post
    }

    /// Reads what stands in a file beside its messages.
    pub(super) fn beside(fields: &Map<String, Value>, used: impl Fn(&str, &Value) -> bool) -> Self {
        let mut post = Self::default();
        for (name, value) in fields {
            if !used(name, value) && !machine(name) {
                post.rest(value, name, 0);
            }
        }
        post
    }

    /// Takes the texts under one name, at any depth.
    fn texts(&mut self, value: &Value, wanted: &str, depth: u8) {
        match value {
            Value::Object(fields) => {
                // Its own text comes before that of what it holds.
                if let Some(text) = fields.get(wanted) {
                    self.add(&inline(text));
                }
                for (_, inner) in fields.iter().filter(|(name, _)| !apart(name) && depth < 6) {
                    self.texts(inner, wanted, depth + 1);
                }
            }
            Value::Array(items) if depth < 6 => {
                for item in items {
                    self.texts(item, wanted, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, text: &str) {
        let text = text.trim_end();
        if text.trim().is_empty() || said(&self.text, text) {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
    }

    /// Takes whatever is left: reactions, files, links and texts under unknown names.
    fn rest(&mut self, value: &Value, name: &str, depth: u8) {
        match value {
            Value::Object(fields) if depth < DEEPEST => {
                for (inner, value) in fields {
                    // Instagram names its values one level higher.
                    let label = if matches!(inner.as_str(), "value" | "href") {
                        name
                    } else {
                        inner
                    };
                    self.field(fields, label, value, depth);
                }
            }
            Value::Array(items) if depth < DEEPEST => {
                for item in items {
                    self.rest(item, name, depth + 1);
                }
            }
            Value::String(text) => self.remark(name, text),
            _ => {}
        }
    }

    fn field(&mut self, fields: &Map<String, Value>, name: &str, value: &Value, depth: u8) {
        match name {
            "reactions" => reactions(value, &mut self.marks),
            "quote" | "quoted" | "quotedMessage" | "replied_to" => {
                let quote = value.get("text").map_or_else(|| inline(value), inline);
                let quote = quote.trim();
                if !quote.is_empty() {
                    self.marks.push(format!("(antwoord op: {quote})"));
                }
            }
            "edited" | "editHistory" | "edited_unixtime" | "lastEditedDateTime" => {
                if given(value)
                    && !self
                        .marks
                        .iter()
                        .take(REMARKS_LOOKED_AT)
                        .any(|mark| mark == EDITED)
                {
                    self.marks.push(EDITED.to_owned());
                }
            }
            "is_unsent" | "isUnsent" | "deleted" | "isErased" | "deletedDateTime" => {
                if given(value) {
                    self.marks.push(DELETED.to_owned());
                }
            }
            "uri" | "file" | "photo" | "path" | "fileName" | "file_name" | "mediaUrls" => {
                self.files(value);
            }
            "name" if FILE_FIELDS.iter().any(|with| fields.contains_key(*with)) => {
                self.files(value);
            }
            "latitude" => {
                if let Some(longitude) = fields.get("longitude") {
                    self.marks.push(format!("(locatie: {value}, {longitude})"));
                }
            }
            "text_entities" | "blocks" if !self.text.is_empty() => {}
            _ if self.html && TEXTS.contains(&name) && value.is_string() => {}
            _ if machine(name) || MOMENTS.contains(&name) => {}
            _ => self.rest(value, name, depth + 1),
        }
    }

    fn files(&mut self, value: &Value) {
        let names: Vec<&str> = match value {
            Value::String(name) => vec![name],
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        for path in names {
            let name = path.rsplit(['/', '\\']).next().unwrap_or(path).trim();
            let mark = format!("(bijlage: {name})");
            if !name.is_empty()
                && !self
                    .marks
                    .iter()
                    .take(REMARKS_LOOKED_AT)
                    .any(|known| *known == mark)
            {
                self.marks.push(mark);
            }
        }
    }

    /// Keeps a text of which the meaning is not known, unless it was said already.
    fn remark(&mut self, name: &str, text: &str) {
        let text = text.trim();
        let account = name == "user" && !text.contains(char::is_lowercase);
        let words = !account && text.contains(char::is_alphabetic) && Moment::iso(text).is_none();
        let code =
            text.len() > 200 && !text.contains(char::is_whitespace) && !text.starts_with("http");
        let known = said(&self.text, text)
            || self
                .sender
                .as_deref()
                .is_some_and(|sender| text.ends_with(sender));
        if !words
            || code
            || known
            || self
                .marks
                .iter()
                .take(REMARKS_LOOKED_AT)
                .any(|mark| said(mark, text))
        {
            return;
        }
        let label = if text.starts_with("http") {
            "link"
        } else {
            name
        };
        self.marks.push(format!("({label}: {text})"));
    }
}

/// Whether `piece` stands in a text as whole words.
fn said(text: &str, piece: &str) -> bool {
    if text.len() > LOOKED_THROUGH {
        return false;
    }
    text.match_indices(piece).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + piece.len()..].chars().next();
        ![before, after]
            .into_iter()
            .flatten()
            .any(char::is_alphanumeric)
    })
}

/// Fields with texts that belong to others.
fn apart(name: &str) -> bool {
    matches!(
        name,
        "reactions"
            | "quote"
            | "quoted"
            | "quotedMessage"
            | "replied_to"
            | "text_entities"
            | "blocks"
            | "user"
            | "user_profile"
            | "sender"
            | "entities"
            | "extended_entities"
            | "editHistory"
            | "media_metadata"
    )
}

fn machine(name: &str) -> bool {
    MACHINE.contains(&name)
        || name == "id"
        || name.ends_with("_id")
        || name.ends_with("_ids")
        || name.ends_with("Id")
        || name.ends_with("Ids")
        || name.starts_with("thumb")
        || name.starts_with("is_")
        || name.starts_with("permalink")
        || name.ends_with("_count")
        || name.ends_with("_hash")
}

fn given(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    }
}

/// A text, also one that is given in pieces of which some are marked up.
fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(pieces) => pieces
            .iter()
            .filter_map(|piece| piece.as_str().or_else(|| piece.get("text")?.as_str()))
            .collect(),
        _ => String::new(),
    }
}

/// The moment of a message, or of the first thing in it that has one.
fn moment(value: &Value, depth: u8) -> Option<Moment> {
    match value {
        Value::Object(fields) => MOMENTS
            .iter()
            .find_map(|name| fields.get(*name).and_then(instant))
            .or_else(|| (depth < 4).then(|| fields.values().find_map(|v| moment(v, depth + 1)))?),
        Value::Array(items) if depth < 4 => items.iter().find_map(|item| moment(item, depth + 1)),
        _ => None,
    }
}

fn instant(value: &Value) -> Option<Moment> {
    match value {
        Value::Number(number) => {
            let whole = number.as_i64().or_else(|| {
                let seconds = number
                    .as_f64()
                    .filter(|seconds| (0.0..1e17).contains(seconds))?;
                // Within the bounds of the integer, as was just seen.
                Some(seconds as i64)
            });
            Moment::epoch(whole?)
        }
        Value::String(text) => {
            let digits = text.split('.').next().unwrap_or_default();
            if digits.len() >= 9 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Moment::epoch(digits.parse().ok()?);
            }
            Moment::iso(text).or_else(|| Moment::twitter(text))
        }
        _ => None,
    }
}

fn sender(value: &Value, depth: u8) -> Option<String> {
    let fields = value.as_object()?;
    let found = SENDERS
        .iter()
        .find_map(|name| fields.get(*name).and_then(person));
    let own = || (fields.get("type")?.as_str()? == "outgoing").then(|| "Me".to_owned());
    let bot = || person(fields.get("bot_profile")?);
    found.or_else(own).or_else(bot).or_else(|| {
        let nested = ["data", "comment", "tweet", "message"];
        let nested = nested.iter().filter_map(|name| fields.get(*name));
        nested
            .flat_map(|value| {
                value
                    .as_array()
                    .map_or(std::slice::from_ref(value), Vec::as_slice)
            })
            .find_map(|value| {
                if depth < 4 {
                    sender(value, depth + 1)
                } else {
                    None
                }
            })
    })
}

/// The name of a person, or what stands for it.
fn person(value: &Value) -> Option<String> {
    match value {
        Value::String(name) => {
            // Teams and Skype write the kind of account before the name; X writes its client as HTML.
            let name = name.strip_prefix("8:").unwrap_or(name).trim();
            (!name.is_empty() && !name.starts_with('<')).then(|| name.to_owned())
        }
        Value::Object(fields) => {
            let names = [
                "displayName",
                "display_name",
                "real_name",
                "name",
                "screen_name",
                "user",
                "application",
                "username",
            ];
            names
                .iter()
                .find_map(|name| fields.get(*name).and_then(person))
        }
        _ => None,
    }
}

/// Whether the program wrote this and no person.
fn is_system(item: &Value) -> bool {
    let field = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
    let kind = field("type");
    let subtype = field("subtype");
    kind == "service"
        || subtype.starts_with("channel_")
        || subtype.starts_with("group_")
        || field("messageType") == "systemEventMessage"
        || field("messagetype").starts_with("ThreadActivity")
        || field("messagetype").starts_with("Event/")
        || matches!(
            kind,
            "group-v2-change"
                | "group-v1-migration"
                | "keychange"
                | "profile-change"
                | "verified-change"
                | "timer-notification"
                | "call-history"
        )
        || [
            "joinConversation",
            "participantsJoin",
            "participantsLeave",
            "conversationNameUpdate",
        ]
        .iter()
        .any(|name| item.get(name).is_some())
}

/// Who answered with which sign.
fn reactions(value: &Value, marks: &mut Vec<String>) {
    for reaction in value.as_array().map_or(&[][..], Vec::as_slice) {
        if let Some([name, sign]) = reaction.as_array().map(Vec::as_slice) {
            marks.push(format!("(reactie: {} {})", inline(sign), inline(name)));
            continue;
        }
        let Some(fields) = reaction.as_object() else {
            continue;
        };
        let signs = ["emoji", "reaction", "reactionType", "reactionKey"];
        let found = signs
            .iter()
            .find_map(|sign| Some((*sign, fields.get(*sign)?.as_str()?)));
        let (used, sign) = found
            .or_else(|| Some(("name", fields.get("name")?.as_str()?)))
            .unwrap_or_default();
        let mut names: Vec<String> = Vec::new();
        for (field, value) in fields {
            let who = matches!(
                field.as_str(),
                "actor" | "from" | "fromId" | "name" | "users" | "user" | "recent" | "senderId"
            );
            if !who || field == used {
                continue;
            }
            let people = value
                .as_array()
                .map_or(std::slice::from_ref(value), Vec::as_slice);
            names.extend(
                people
                    .iter()
                    .filter_map(|who| who.get("from").map_or_else(|| person(who), person)),
            );
        }
        marks.push(format!("(reactie: {sign} {})", names.join(", ")).replace(" )", ")"));
    }
}
