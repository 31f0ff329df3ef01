//! What the values of a line are for, by the path at which they stand.

use crate::values::{any_text, plain_text};

pub const PATIENT: usize = 0;
pub const RESOURCE: usize = 1;
pub const DAY: usize = 2;
pub const LATER: usize = 3;
pub const CHANGED: usize = 4;
pub const NUMBER: usize = 5;
pub const UNDER: usize = 6;
pub const COLUMNS: usize = 7;

/// What a value in a known place is for. The numbers are those of `native_lines.py`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Looked at by no reader.
    Ignored,
    /// Part of the path itself: it has to be the same.
    Literal,
    /// Part of the template.
    Template,
    /// Part of who performed it.
    Performer,
    /// A reference to who performed it. Of a person only the type counts, not which one it is.
    PerformerReference,
    /// Looked at by no reader, unless it is of our own making.
    NotOurs,
    /// Looked at by no reader, but the careful one wants it without escapes.
    Plain,
    /// Whom the line is about, as a reference.
    Whose,
    /// The line's own id, which is also whom it is about.
    OwnPatient,
    /// A number, as it is written.
    Number,
    /// The prescription it was made under.
    Under,
    /// A text that must not be empty; the place of its column.
    Text(usize),
}

impl Role {
    pub fn of(number: u8) -> Option<Role> {
        Some(match number {
            0 => Role::Ignored,
            1 => Role::Literal,
            2 => Role::Template,
            3 => Role::Performer,
            4 => Role::NotOurs,
            5 => Role::Whose,
            6 => Role::OwnPatient,
            7 => Role::Number,
            8 => Role::Under,
            9 => Role::Text(RESOURCE),
            10 => Role::Text(DAY),
            11 => Role::Text(LATER),
            12 => Role::Text(CHANGED),
            13 => Role::Plain,
            14 => Role::PerformerReference,
            _ => return None,
        })
    }

    pub fn column(self) -> Option<usize> {
        match self {
            Role::Whose => Some(PATIENT),
            Role::OwnPatient => Some(RESOURCE),
            Role::Number => Some(NUMBER),
            Role::Under => Some(UNDER),
            Role::Text(column) => Some(column),
            _ => None,
        }
    }

    /// May it be written with escapes? What they mean is not looked at here.
    fn may_be_escaped(self) -> bool {
        matches!(self, Role::Ignored | Role::Template | Role::Performer)
    }

    pub fn text(self, text: &[u8]) -> Option<usize> {
        if self.may_be_escaped() {
            any_text(text)
        } else {
            plain_text(text)
        }
    }
}
