//! Segments.

use super::finding;
use regulars_api::segment::{
    SegmentDayOut, SegmentFigureOut, SegmentGrowthOut, SegmentMemberOut, SegmentMoveOut,
    SegmentOut, SegmentPreviewOut, SegmentsOut,
};
use regulars_app::{
    MoveCause, Moved, Segment, SegmentDay, SegmentMember, SegmentPreview, segment_figures,
};

/// A segment.
pub fn segment(segment: &Segment) -> SegmentOut {
    SegmentOut {
        id: segment.id.clone(),
        name: segment.name.clone(),
        condition: segment.condition.clone(),
        version: segment.version,
        made_at: segment.made_at.to_string(),
        changed_at: segment.changed_at.to_string(),
        members: segment.members,
        findings: segment.findings.iter().map(finding).collect(),
    }
}

/// All segments, with what a condition may name.
pub fn segments(all: &[Segment]) -> SegmentsOut {
    let figures = segment_figures().into_iter();
    SegmentsOut {
        items: all.iter().map(segment).collect(),
        figures: figures
            .map(|(name, kind, meaning)| SegmentFigureOut {
                name: name.to_owned(),
                kind: kind.to_owned(),
                meaning: meaning.to_owned(),
            })
            .collect(),
    }
}

/// Whom a condition holds of.
pub fn segment_preview(found: &SegmentPreview) -> SegmentPreviewOut {
    SegmentPreviewOut {
        members: found.members,
        of: found.of,
        sample: found.sample.iter().map(ToString::to_string).collect(),
        complete: found.complete,
    }
}

/// Somebody who is in a segment.
pub fn segment_member(own: SegmentMember) -> SegmentMemberOut {
    SegmentMemberOut {
        member: own.member.to_string(),
        since: own.since.to_string(),
    }
}

/// Somebody who came or went.
pub(crate) fn segment_move(own: Moved) -> SegmentMoveOut {
    let (source, event) = own.event.unzip();
    SegmentMoveOut {
        no: own.no,
        member: own.member.to_string(),
        at: own.at.to_string(),
        entered: own.entered,
        cause: match own.cause {
            MoveCause::Event(_) => "event",
            MoveCause::Day => "day",
            MoveCause::Change => "change",
            MoveCause::Score => "score",
        }
        .to_owned(),
        source,
        event,
    }
}

/// How it grew.
pub(crate) fn segment_growth(days: &[SegmentDay]) -> SegmentGrowthOut {
    let days = days.iter().map(|own| SegmentDayOut {
        day: own.day.to_string(),
        entered: own.entered,
        left: own.left,
        members: own.members,
    });
    SegmentGrowthOut {
        days: days.collect(),
    }
}
