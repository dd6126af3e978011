//! Conversations and posts that programs hand out as JSON: Telegram, Slack, Teams, Signal, Facebook, Instagram and
//! X. Knows how the messages lie in a file; a file without messages is read as the JSON it is.

use std::collections::HashMap;

use serde_json::Value;

use super::super::encoding::{self, Failure};
use super::super::{Input, Limits, Outcome, Output, text};
use super::post::Post;
use super::{Chat, UNKNOWN};

/// Larger files are not taken into memory: they are read as plain text.
pub(super) const IN_MEMORY: u64 = 64 << 20;
/// Who wrote a post, when the export holds only the posts of its owner and no name.
pub(super) const OWNER: &str = "accounthouder";

/// As many words of a message are shown with an answer to it.
const WORDS_OF_AN_ANSWER: usize = 12;

/// The format of JSON by the names of its fields, as far as the beginning of the file shows them.
pub(super) fn format(start: &str) -> Option<&'static str> {
    if start.starts_with("window.YTD.") {
        return Some("x");
    }
    if !begins(start) {
        return None;
    }
    let has = |names: &[&str]| names.iter().all(|name| has_field(start, name));
    let any = |names: &[&str]| names.iter().any(|name| has_field(start, name));
    let instagram = start.contains("instagram")
        || start.contains("\"ig_")
        || any(&["string_map_data", "cross_post_source"]);
    let meta = if instagram { "instagram" } else { "facebook" };
    if has(&["messages", "text_entities"]) || has(&["messages", "from_id", "date"]) {
        return Some("telegram");
    }
    if has(&["sender_name", "timestamp_ms"])
        || has(&["senderName", "isUnsent"])
        || (any(&["comments_v2", "external_context", "update_timestamp"]) && has(&["timestamp"]))
        || has(&["timestamp", "data", "post"])
        || (instagram && any(&["creation_timestamp", "string_map_data"]))
        || has(&["media", "creation_timestamp", "uri"])
    {
        return Some(meta);
    }
    if has(&["ts", "text", "type"]) && any(&["user", "bot_id"]) && start.starts_with('[') {
        return Some("slack");
    }
    if has(&["MessageList"]) || has(&["messageType", "createdDateTime", "body"]) {
        return Some("teams");
    }
    let signal = ["reactions", "attachments", "quote", "sticker"];
    if (has(&["date", "sender", "body"]) && any(&signal))
        || has(&["conversationId", "sent_at", "body"])
    {
        return Some("signal");
    }
    None
}

/// Whether a text begins as JSON that holds objects.
pub(super) fn begins(start: &str) -> bool {
    let inner = start.strip_prefix('[').unwrap_or(start);
    inner.trim_start().starts_with('{')
}

fn has_field(text: &str, name: &str) -> bool {
    let quoted = format!("\"{name}\"");
    text.match_indices(&quoted)
        .any(|(at, _)| text[at + quoted.len()..].trim_start().starts_with(':'))
}

/// Reads a conversation in JSON.
pub(in crate::read) fn read_json(
    format: &str,
    input: &mut Input,
    limits: &Limits,
    output: &mut dyn Output,
) -> Outcome {
    match json(format, input, output) {
        Ok(true) => Outcome::Whole,
        Ok(false) => text::read_text("json", input, limits, output),
        Err(failure) => failure.into(),
    }
}

/// `false` when nothing was given, because there are no messages that can be read.
fn json(format: &str, input: &mut Input, output: &mut dyn Output) -> Result<bool, Failure> {
    if input.size > IN_MEMORY {
        return Ok(false);
    }
    let Some(mut root) = value(&whole(input)?) else {
        return Ok(false);
    };
    if matches!(format, "facebook" | "instagram") {
        repair(&mut root);
    }
    let mut conversations = Vec::new();
    gather(&root, &mut conversations);
    let timed = |item: &&Value| Post::read(item, false).moment.is_some();
    if !conversations.iter().any(|one| one.items.iter().any(timed)) {
        return Ok(false);
    }
    let mut chat = Chat::new(output);
    for conversation in &mut conversations {
        if let (Some(name), true) = (conversation.name, conversation.among_others) {
            chat.end_page()?;
            chat.text(&format!("Gesprek: {name}"))?;
            chat.end()?;
        }
        for name in &conversation.people {
            chat.participant(name);
        }
        chronological(&mut conversation.items);
        let known: HashMap<i64, &Value> = conversation
            .items
            .iter()
            .filter_map(|item| Some((item.get("id")?.as_i64()?, *item)))
            .collect();
        for item in &conversation.items {
            let mut post = Post::read(item, format == "teams");
            refine(format, &mut post);
            let answered = item.get("reply_to_message_id").and_then(Value::as_i64);
            if let Some(original) = answered.and_then(|id| known.get(&id)) {
                post.marks
                    .insert(0, answer_to(&Post::read(original, false).text));
            }
            chat.post(&post)?;
        }
    }
    beside(&root, &conversations, &mut chat)?;
    let name = match conversations.as_slice() {
        [one] => one.name,
        _ => None,
    };
    chat.finish(&title(format, name))?;
    Ok(true)
}

/// Writes what stands in a file beside its messages.
fn beside(
    root: &Value,
    conversations: &[Conversation<'_>],
    chat: &mut Chat<'_>,
) -> Result<(), Failure> {
    let Value::Object(fields) = root else {
        return Ok(());
    };
    let lists = fields.contains_key("messages") || conversations.iter().any(|one| one.among_others);
    // The names of the conversation and its people were told already.
    let used = |name: &str, value: &Value| match name {
        "messages" | "conversations" | "participants" | "chats" | "left_chats" => true,
        "title" | "name" | "threadName" => lists,
        _ => {
            !lists
                && value
                    .as_array()
                    .is_some_and(|items| items.iter().all(Value::is_object))
        }
    };
    Ok(chat.beside(&Post::beside(fields, used))?)
}

/// All characters of a file.
pub(super) fn whole(input: &mut Input) -> Result<String, Failure> {
    let encoding = encoding::detect(input, None)?;
    let mut whole = String::new();
    encoding::decode(input, encoding, |piece| {
        whole.push_str(piece);
        Ok(())
    })?;
    Ok(whole)
}

/// The value of JSON, of JSON in a script, or of JSON a line.
fn value(text: &str) -> Option<Value> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let text = match text.strip_prefix("window.") {
        Some(script) => script.split_once('=')?.1.trim_end().trim_end_matches(';'),
        None => text,
    };
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let lines: Result<Vec<Value>, _> = lines.map(serde_json::from_str).collect();
    lines.ok().map(Value::Array)
}

/// Facebook and Instagram write every byte of UTF-8 as a character of its own.
fn repair(value: &mut Value) {
    match value {
        Value::String(text) if !text.is_ascii() => {
            let bytes: Option<Vec<u8>> = text
                .chars()
                .map(|c| u8::try_from(u32::from(c)).ok())
                .collect();
            if let Some(meant) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
                *text = meant;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(repair),
        Value::Object(fields) => fields.values_mut().for_each(repair),
        _ => {}
    }
}

/// One conversation, or a list of posts.
#[derive(Default)]
struct Conversation<'a> {
    name: Option<&'a str>,
    people: Vec<&'a str>,
    items: Vec<&'a Value>,
    among_others: bool,
}

/// Finds the lists of messages of a file.
fn gather<'a>(root: &'a Value, found: &mut Vec<Conversation<'a>>) {
    match root {
        Value::Array(items) => {
            let wrapped = |item: &'a Value| item.get("dmConversation");
            let (inner, plain): (Vec<_>, Vec<_>) =
                items.iter().partition(|item| wrapped(item).is_some());
            for conversation in inner.into_iter().filter_map(wrapped) {
                add_messages(conversation, "messages", true, found);
            }
            if !plain.is_empty() {
                let items = plain.into_iter().map(unwrapped).collect();
                found.push(Conversation {
                    items,
                    ..Conversation::default()
                });
            }
        }
        Value::Object(fields) => {
            for list in ["conversations", "chats", "left_chats"] {
                let list = fields
                    .get(list)
                    .map(|list| list.get("list").unwrap_or(list));
                for one in list.and_then(Value::as_array).into_iter().flatten() {
                    add_messages(one, "messages", true, found);
                    add_messages(one, "MessageList", true, found);
                }
            }
            add_messages(root, "messages", false, found);
            if found.is_empty() {
                let lists = fields.values().filter_map(Value::as_array);
                let items = lists
                    .flatten()
                    .filter(|item| item.is_object())
                    .map(unwrapped)
                    .collect();
                found.push(Conversation {
                    items,
                    ..Conversation::default()
                });
            }
        }
        _ => {}
    }
}

/// What is inside the object that X puts around everything.
fn unwrapped(item: &Value) -> &Value {
    ["tweet", "noteTweet"]
        .iter()
        .find_map(|name| item.get(name))
        .unwrap_or(item)
}

fn add_messages<'a>(
    one: &'a Value,
    list: &str,
    among_others: bool,
    found: &mut Vec<Conversation<'a>>,
) {
    let Some(items) = one.get(list).and_then(Value::as_array) else {
        return;
    };
    let names = [
        "title",
        "name",
        "threadName",
        "displayName",
        "conversationId",
    ];
    let people = one.get("participants").and_then(Value::as_array);
    let person = |who: &'a Value| who.as_str().or_else(|| who.get("name")?.as_str());
    found.push(Conversation {
        name: names
            .iter()
            .find_map(|name| one.get(name)?.as_str())
            .filter(|name| !name.is_empty()),
        people: people.into_iter().flatten().filter_map(person).collect(),
        items: items
            .iter()
            .map(|item| item.get("messageCreate").unwrap_or(item))
            .collect(),
        among_others,
    });
}

/// Many programs write the newest first; a conversation is read the other way.
fn chronological(items: &mut [&Value]) {
    let moment = |item: Option<&&Value>| item.and_then(|item| Post::read(item, false).moment);
    if moment(items.first()) > moment(items.last()) {
        items.reverse();
    }
}

/// The mark of an answer. The message itself is in the conversation: some words show which one is meant.
fn answer_to(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let shown = words.iter().take(WORDS_OF_AN_ANSWER).copied();
    let shown = shown.collect::<Vec<_>>().join(" ");
    let more = if words.len() > WORDS_OF_AN_ANSWER {
        "…"
    } else {
        ""
    };
    format!("(antwoord op: {shown}{more})")
}

/// What differs between the programs in a message itself.
fn refine(format: &str, post: &mut Post) {
    if matches!(format, "x" | "slack") {
        for (escaped, meant) in [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")] {
            post.text = post.text.replace(escaped, meant);
        }
    }
    if post.sender.is_none() && !post.system {
        let own = matches!(format, "x" | "facebook" | "instagram");
        post.sender = Some(if own { OWNER } else { UNKNOWN }.to_owned());
    }
}

fn title(format: &str, name: Option<&str>) -> String {
    let program = match format {
        "telegram" => "Telegram",
        "slack" => "Slack",
        "teams" => "Teams",
        "signal" => "Signal",
        "facebook" => "Facebook",
        "instagram" => "Instagram",
        _ => "X",
    };
    match name {
        Some(name) => format!("{program}-gesprek met {name}"),
        None if format == "signal" => "Signal-gesprek".to_owned(),
        None => format!("{program}-berichten"),
    }
}

#[cfg(test)]
mod tests;
