//! Lift, and what could be told of one.

use regulars_api::lift::{
    ControlDrawOut, ControlGroupOut, InControlGroupOut, LiftAnswerOut, LiftAnyDayOut, LiftGroupOut,
    LiftOut, NoAnswerOut, PowerOut,
};
use regulars_api::metric::IntervalOut;
use regulars_app::metrics::Interval;
use regulars_app::{
    ControlDraw, ControlGroupView, LiftAnswer, LiftAnyDay, LiftGroup, LiftRefusal, LiftView, Power,
};

/// What was brought.
pub fn lift(own: &LiftView) -> LiftOut {
    LiftOut {
        metric: own.ask.metric.name().to_owned(),
        unit: own.ask.metric.unit().name().to_owned(),
        currency: own.currency.code().to_owned(),
        decimals: own.currency.exponent(),
        days: own.ask.days,
        since: own.since.to_string(),
        hold_out_percent: own.hold_out,
        treated: group(&own.treated),
        held_out: group(&own.held_out),
        earlier: own.left_out.earlier,
        unknown: own.left_out.unknown,
        control_group: own.left_out.control_group,
        answer: own.answer.as_ref().ok().map(answer),
        no_answer: own.answer.as_ref().err().map(no_answer),
        any_day: own.any_day.as_ref().ok().map(any_day),
        no_any_day: own.any_day.as_ref().err().map(no_answer),
        complete: own.complete,
    }
}

const fn group(own: &LiftGroup) -> LiftGroupOut {
    LiftGroupOut {
        customers: own.customers,
        buyers: own.buyers,
        mean: own.mean,
        waiting: own.waiting,
    }
}

fn interval(own: &Interval) -> IntervalOut {
    IntervalOut {
        low: own.low,
        high: own.high,
        method: own.method.to_owned(),
    }
}

fn answer(own: &LiftAnswer) -> LiftAnswerOut {
    LiftAnswerOut {
        each: own.each,
        interval: interval(&own.interval),
        relative: own.relative,
        explained: own.explained,
        in_all: own.in_all,
    }
}

fn any_day(own: &LiftAnyDay) -> LiftAnyDayOut {
    LiftAnyDayOut {
        each: own.each,
        interval: interval(&own.interval),
        day: own.day,
        shows: own.interval.low > 0.0 || own.interval.high < 0.0,
    }
}

fn no_answer(own: &LiftRefusal) -> NoAnswerOut {
    NoAnswerOut {
        code: own.code().to_owned(),
        detail: own.to_string(),
    }
}

/// What could be told, before it starts.
pub fn power(own: &Power) -> PowerOut {
    PowerOut {
        days: own.days,
        members: own.members,
        held_out: own.held_out,
        each: own.each,
        least: own.least,
        relative: own.relative,
        warning: own.warning.map(|own| own.code().to_owned()),
        currency: own.currency.code().to_owned(),
        decimals: own.currency.exponent(),
    }
}

/// How the control group is drawn.
pub fn control_draw(own: &ControlDraw) -> ControlDrawOut {
    ControlDrawOut {
        percent: own.percent,
        name: own.name.clone(),
        since: own.since().to_string(),
    }
}

/// The control group.
pub fn control_group(own: &ControlGroupView) -> ControlGroupOut {
    let (members, in_it) = own.members;
    ControlGroupOut {
        draw: own.draw.as_ref().map(control_draw),
        draws: own.draws.iter().map(control_draw).collect(),
        members,
        in_it,
        lift: lift(&own.lift),
    }
}

/// Whether a member is in it.
pub fn in_control_group(own: Option<&ControlDraw>) -> InControlGroupOut {
    InControlGroupOut {
        in_it: own.is_some(),
        draw: own.map(control_draw),
    }
}
