//! Which lines are byte for byte like one that was read before, but for plain texts in known places?
//!
//! Lines are learned, not understood: whoever calls has read a line with care, and hands it over. What stands
//! between its values becomes a path in a tree of exact texts; its values become places in that path. A later
//! line follows a path if all texts between its values are the same to the byte, and each value is a sound
//! one: a text of UTF-8, plain where a column is made of it, or a number, true or false. Whatever follows no path is
//! left to the careful reader. So a key that is given twice, another order of keys, another blank, a null
//! or a nested resource never passes unseen: it would have to be learned first.
//!
//! Without `unsafe`: what comes from outside is only ever looked at through checked slices.

use crate::example::{pieces_of, Hole};
use crate::roles::{Role, COLUMNS, NUMBER, PATIENT, RESOURCE, UNDER};
use crate::taken::Taken;
use crate::values::{
    end_of_line, holds, is_id, is_plain_number, is_reference, patient_named, performer_meant, scalar, word,
};
use crate::whole_paths::{End, Step, WholePaths};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

const OURS: &[u8] = b"urn:isovigil:";
const MOST_EDGES: usize = 50_000;
const MOST_KEYS: usize = 100_000;
const MOST_BYTES: usize = 32 * 1024 * 1024;

struct Edge {
    literal: Box<[u8]>,
    hole: Hole,
    next: usize,
}

/// A hasher for short bytes that come from the tree's own paths; equality is always compared whole.
#[derive(Default)]
pub struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
    fn write(&mut self, bytes: &[u8]) {
        // Two chains at a time: neither waits for the other's multiplication.
        let (mut one, mut other) = (self.0, !self.0);
        let mut chunks = bytes.chunks_exact(16);
        for chunk in &mut chunks {
            one = mixed(one, word(&chunk[..8]));
            other = mixed(other, word(&chunk[8..]));
        }
        let mut last = [0u8; 16];
        let rest = chunks.remainder();
        last[..rest.len()].copy_from_slice(rest);
        one = mixed(one, word(&last[..8]) ^ bytes.len() as u64);
        other = mixed(other, word(&last[8..]));
        self.0 = mixed(one, other);
    }
}

fn mixed(held: u64, word: u64) -> u64 {
    let product = (held.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ (product >> 32)
}

type Keys = HashMap<Box<[u8]>, u32, BuildHasherDefault<Mixed>>;
type Kinds = HashMap<[u32; 2], u32, BuildHasherDefault<Mixed>>;

/// The paths of the lines of one resource type.
pub struct KnownLines {
    roles: HashMap<Vec<u8>, Role>,
    nodes: Vec<Vec<Edge>>,
    edges: usize,
    /// Of all texts and keys that are kept.
    bytes: usize,
    templates: Keys,
    performers: Keys,
    /// The templates with their performers of the present lines.
    kinds: Kinds,
    template_key: Vec<u8>,
    performer_key: Vec<u8>,
    /// Lines of templates that were met are found here, without collecting their keys.
    whole: WholePaths,
    /// The values of the present line that belong to no template.
    values: Vec<(usize, usize, Hole)>,
    pub taken: Taken,
}

type Span = (usize, usize);
type Spans = [Option<Span>; COLUMNS];

impl KnownLines {
    /// `roles` says what the values at a path are for: `code`, or more narrowly `valueQuantity.value`.
    pub fn new(roles: HashMap<Vec<u8>, Role>) -> KnownLines {
        KnownLines {
            roles,
            nodes: vec![Vec::new()],
            edges: 0,
            bytes: 0,
            templates: Keys::default(),
            performers: Keys::default(),
            kinds: Kinds::default(),
            template_key: Vec::new(),
            performer_key: Vec::new(),
            whole: WholePaths::new(),
            values: Vec::new(),
            taken: Taken::default(),
        }
    }

    /// Is there no room for another path, template or performer?
    pub fn is_full(&self) -> bool {
        self.edges >= MOST_EDGES
            || self.templates.len() >= MOST_KEYS
            || self.performers.len() >= MOST_KEYS
            || self.bytes >= MOST_BYTES
    }

    /// Take a line that was read with care as an example. Whether it can be one.
    pub fn learn(&mut self, line: &[u8]) -> bool {
        if self.is_full() || std::str::from_utf8(line).is_err() {
            return false;
        }
        let pieces = match pieces_of(line, &self.roles) {
            Some(pieces) => pieces,
            None => return false,
        };
        self.add(pieces);
        true
    }

    fn add(&mut self, pieces: Vec<(Box<[u8]>, Hole)>) {
        let mut node = 0;
        for (literal, hole) in pieces {
            let known = self.nodes[node].iter().find(|edge| edge.hole == hole && edge.literal == literal);
            node = match known {
                Some(edge) => edge.next,
                None => {
                    let (next, length) = (self.nodes.len(), literal.len());
                    self.nodes.push(Vec::new());
                    let edges = &mut self.nodes[node];
                    edges.push(Edge { literal, hole, next });
                    // The longest first: what begins alike goes on differently.
                    edges.sort_by_key(|edge| std::cmp::Reverse(edge.literal.len()));
                    self.edges += 1;
                    self.bytes += length;
                    next
                }
            }
        }
    }

    /// Take the lines of a text apart; the last may end with it.
    pub fn take(&mut self, text: &[u8]) {
        let mut taken = std::mem::take(&mut self.taken);
        taken.clear();
        self.kinds.clear();
        let mut start = 0;
        while start < text.len() {
            let rest = &text[start..];
            let place = taken.lines as u32;
            taken.lines += 1;
            let mut spans: Spans = [None; COLUMNS];
            let followed = match self.follow_whole(rest, &mut spans) {
                None => self.follow_first(rest, start, &mut spans, &mut taken),
                followed => followed,
            };
            let end = start + followed.map_or_else(|| end_of_line(rest), |(length, _)| length);
            if let Some((length, template)) = followed {
                self.keep(&rest[..length], template, start, place, &spans, &mut taken);
            } else if end > start {
                taken.left.extend([place, start as u32, end as u32]);
            }
            start = end + 1;
        }
        self.taken = taken;
    }

    /// Follow a line through the path of its template, if that was met: how long it is, and the template's number.
    fn follow_whole(&mut self, text: &[u8], spans: &mut Spans) -> Option<(usize, u32)> {
        self.performer_key.clear();
        let (mut node, mut at) = (0, 0);
        loop {
            let (length, step) = self.whole.step(node, &text[at..])?;
            at += length;
            match step {
                Step::End(end) => {
                    self.performer_key.extend_from_slice(&(end.node as u32).to_le_bytes());
                    return is_end(text, at).then_some((at, end.template));
                }
                Step::Hole(hole, next) => {
                    let (role, length) = value_of(hole, &text[at..])?;
                    self.heed(role, &text[at..at + length], at, spans)?;
                    at += length;
                    node = next;
                }
            }
        }
    }

    /// Follow a line whose template was not met, or stands on no path of its own: the same.
    fn follow_first(
        &mut self,
        text: &[u8],
        start: usize,
        spans: &mut Spans,
        taken: &mut Taken,
    ) -> Option<(usize, u32)> {
        *spans = [None; COLUMNS];
        let (length, node) = self.follow(text, spans)?;
        let example = [start as u32, (start + length) as u32];
        let known = taken.new_templates.len();
        let template = number_of(&mut self.templates, &self.template_key, example, &mut taken.new_templates);
        if taken.new_templates.len() > known {
            self.bytes += self.template_key.len();
        }
        self.whole.add(&text[..length], &self.values, End { template, node });
        Some((length, template))
    }

    fn keep(
        &mut self,
        line: &[u8],
        template: u32,
        start: usize,
        place: u32,
        spans: &Spans,
        taken: &mut Taken,
    ) {
        let row = taken.places.len();
        taken.places.push(place);
        taken.starts.push(start as u32);
        for (column, span) in taken.columns.iter_mut().zip(spans) {
            column.push(row, span.map(|(begin, end)| &line[begin..end]));
        }
        let example = [start as u32, (start + line.len()) as u32];
        let known = taken.new_performers.len();
        let performers =
            number_of(&mut self.performers, &self.performer_key, example, &mut taken.new_performers);
        let next = self.kinds.len() as u32;
        let kind = *self.kinds.entry([template, performers]).or_insert(next);
        if kind == next {
            taken.kinds.extend([template, performers]);
        }
        taken.which.push(kind);
        if taken.new_performers.len() > known {
            self.bytes += self.performer_key.len();
        }
    }

    /// How long the first line of a text is if it follows a path, and where it ends; fills in what stands in its
    /// places.
    ///
    /// It cannot follow one past its end: no text of a path and no value has the end of a line in it.
    fn follow(&mut self, text: &[u8], spans: &mut Spans) -> Option<(usize, usize)> {
        self.template_key.clear();
        self.performer_key.clear();
        self.values.clear();
        let (mut node, mut at) = (0, 0);
        loop {
            let rest = &text[at..];
            let edge = self.nodes[node].iter().find(|edge| rest.starts_with(&edge.literal))?;
            at += edge.literal.len();
            node = edge.next;
            let hole = edge.hole;
            if hole == Hole::End {
                self.template_key.extend_from_slice(&(node as u32).to_le_bytes());
                self.performer_key.extend_from_slice(&(node as u32).to_le_bytes());
                return is_end(text, at).then_some((at, node));
            }
            let (role, length) = value_of(hole, &text[at..])?;
            let value = &text[at..at + length];
            if role == Role::Template {
                note(&mut self.template_key, value);
            } else {
                self.values.push((at, at + length, hole));
                self.heed(role, value, at, spans)?;
            }
            at += length;
        }
    }

    /// What a value means that belongs to no template; nothing where it may not stand in its place.
    fn heed(&mut self, role: Role, value: &[u8], at: usize, spans: &mut Spans) -> Option<()> {
        let whole = Some((at, at + value.len()));
        match role {
            Role::Ignored | Role::Literal | Role::Plain | Role::Template => {}
            Role::Performer => note(&mut self.performer_key, value),
            Role::PerformerReference => note(&mut self.performer_key, performer_meant(value)),
            Role::NotOurs => (!holds(value, OURS)).then_some(())?,
            Role::OwnPatient => {
                is_id(value).then_some(())?;
                spans[PATIENT] = whole;
                spans[RESOURCE] = whole;
            }
            Role::Whose => spans[PATIENT] = Some((at + patient_named(value)?, at + value.len())),
            Role::Number => {
                is_plain_number(value).then_some(())?;
                spans[NUMBER] = whole;
            }
            Role::Under => {
                is_reference(value).then_some(())?;
                spans[UNDER] = whole;
            }
            Role::Text(column) => {
                (!value.is_empty()).then_some(())?;
                spans[column] = whole;
            }
        }
        Some(())
    }
}

/// What the value is for that stands in a place, and how long it is; nothing where none stands there.
fn value_of(hole: Hole, text: &[u8]) -> Option<(Role, usize)> {
    match hole {
        Hole::Text(role) => Some((role, role.text(text)?)),
        Hole::Scalar(role) => Some((role, scalar(text)?)),
        Hole::End => None,
    }
}

fn is_end(text: &[u8], at: usize) -> bool {
    text.get(at).map_or(true, |byte| *byte == b'\n')
}

fn note(key: &mut Vec<u8>, value: &[u8]) {
    key.extend_from_slice(&(value.len() as u32).to_le_bytes());
    key.extend_from_slice(value);
}

fn number_of(known: &mut Keys, key: &[u8], example: [u32; 2], new: &mut Vec<u32>) -> u32 {
    if let Some(number) = known.get(key) {
        return *number;
    }
    let number = known.len() as u32;
    known.insert(key.into(), number);
    new.extend([number, example[0], example[1]]);
    number
}
