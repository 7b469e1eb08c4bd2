//! What a card or a tier gives.

use super::Shape;

/// A reward, or points.
pub(super) const GIVES: Shape = Shape::Either(&[Shape::Id, Shape::Map(&Shape::Amount)]);

/// One of them, or several.
pub(super) const GIVES_SOME: Shape =
    Shape::Either(&[Shape::Id, Shape::Map(&Shape::Amount), Shape::List(&GIVES)]);
