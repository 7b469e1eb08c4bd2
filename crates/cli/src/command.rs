//! The commands, one file each. This is their table of contents.

mod advocates;
mod apply;
mod award;
mod backtest;
mod backup;
mod balance;
mod cards;
mod carried;
mod cases;
mod check;
mod claims;
#[cfg(feature = "cluster")]
mod cluster;
mod confirmations;
mod connectors;
mod control_group;
mod coupons;
mod crm;
mod desk;
mod duplicates;
mod explain;
mod export;
mod finance;
mod gift_cards;
mod group;
mod import;
mod journeys;
mod keys;
mod mcp;
mod membership;
mod messages;
mod migrate;
mod moderate;
mod new;
mod offers;
mod people;
mod plan;
mod preview;
mod privacy;
mod products;
mod quote;
mod recommend;
mod referral;
mod report;
mod restore;
mod retention;
mod rewards;
mod rollback;
mod scores;
mod seal;
mod segments;
mod sell_through;
mod serve;
mod settle;
mod statement;
mod surveys;
mod suspicions;
mod tenants;
mod tick;
mod tier;
mod transfer;
mod try_story;
mod unmerge;
mod vault;
mod verify;
mod verify_draws;
mod versions;
mod watch;
mod webhooks;

use crate::Answer;
use crate::print::Print;
use clap::Subcommand;

/// What can be done.
#[derive(Subcommand)]
pub(crate) enum Command {
    Serve(serve::Serve),
    Mcp(mcp::Mcp),
    New(new::New),
    Check(check::Check),
    Plan(plan::Plan),
    Apply(apply::Apply),
    Versions(versions::Versions),
    Rollback(rollback::Rollback),
    Import(import::Import),
    Coupons(coupons::Coupons),
    Crm(crm::Crm),
    Cards(cards::Cards),
    GiftCards(gift_cards::GiftCards),
    Credit(gift_cards::Credit),
    Preview(preview::Preview),
    Balance(balance::Balance),
    Explain(explain::Explain),
    Membership(membership::Membership),
    Invoices(membership::Invoices),
    Payment(membership::Payment),
    Waiting(moderate::Waiting),
    Moderate(moderate::Moderate),
    Statement(statement::Statement),
    Claims(claims::Claims),
    SellThrough(sell_through::SellThrough),
    Award(award::Award),
    Settle(settle::Settle),
    Partner(settle::Partner),
    Backtest(backtest::Backtest),
    Try(try_story::Try),
    Tier(tier::Tier),
    Desk(desk::Desk),
    Duplicates(duplicates::Duplicates),
    Suspicions(suspicions::Suspicions),
    Tick(tick::Tick),
    Referral(referral::Referral),
    Transfer(transfer::Transfer),
    Rewards(rewards::Rewards),
    Quote(quote::Quote),
    Group(group::Groups),
    Unmerge(unmerge::Unmerge),
    Verify(verify::Verify),
    VerifyDraws(verify_draws::VerifyDraws),
    Seal(seal::Seal),
    Head(seal::Head),
    Export(export::Export),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Keys(keys::Keys),
    Webhooks(webhooks::Webhooks),
    Connectors(connectors::Connectors),
    Confirmations(confirmations::Confirmations),
    People(people::People),
    Segments(segments::Segments),
    Advocates(advocates::Advocates),
    Scores(scores::Scores),
    Messages(messages::Messages),
    Journeys(journeys::Journeys),
    Offers(offers::Offers),
    ControlGroup(control_group::ControlGroup),
    Surveys(surveys::Surveys),
    Products(products::Products),
    Recommend(recommend::Recommend),
    Stores(products::Stores),
    Cases(cases::Cases),
    Member(privacy::Privacy),
    Retention(retention::Retention),
    Vault(vault::Vault),
    Tenants(tenants::Tenants),
    Migrate(migrate::Migrate),
    Report(report::Report),
    Watch(watch::Watch),
    Finance(finance::Finance),
    #[cfg(feature = "cluster")]
    Sql(cluster::Sql),
    #[cfg(feature = "cluster")]
    Cluster(cluster::Cluster),
}

impl Command {
    /// Whether it stays and serves.
    pub(crate) fn is_server(&self) -> bool {
        matches!(self, Self::Serve(_))
    }
}

/// Does it.
pub(crate) fn run(command: Command, print: &Print) -> anyhow::Result<Answer> {
    match command {
        Command::Serve(ask) => serve::run(&ask, print),
        Command::Mcp(ask) => mcp::run(&ask),
        Command::New(ask) => new::run(&ask, print),
        Command::Check(ask) => check::run(&ask, print),
        Command::Plan(ask) => plan::run(&ask, print),
        Command::Apply(ask) => apply::run(&ask, print),
        Command::Versions(ask) => versions::run(&ask, print),
        Command::Rollback(ask) => rollback::run(&ask, print),
        Command::Import(ask) => import::run(&ask, print),
        Command::Cards(ask) => cards::run(&ask, print),
        Command::Crm(ask) => crm::run(&ask, print),
        Command::Coupons(ask) => coupons::run(&ask, print),
        Command::GiftCards(ask) => gift_cards::run(&ask, print),
        Command::Credit(ask) => gift_cards::credit(&ask, print),
        Command::Preview(ask) => preview::run(&ask, print),
        Command::Balance(ask) => balance::run(&ask, print),
        Command::Explain(ask) => explain::run(&ask, print),
        Command::Membership(ask) => membership::run(&ask, print),
        Command::Invoices(ask) => membership::invoices(&ask, print),
        Command::Payment(ask) => membership::payment(&ask, print),
        Command::Waiting(ask) => moderate::list(&ask, print),
        Command::Moderate(ask) => moderate::run(&ask, print),
        Command::Statement(ask) => statement::run(&ask, print),
        Command::Claims(ask) => claims::run(&ask, print),
        Command::SellThrough(ask) => sell_through::run(&ask, print),
        Command::Award(ask) => award::run(&ask, print),
        Command::Settle(ask) => settle::run(&ask, print),
        Command::Partner(ask) => settle::post(&ask, print),
        Command::Backtest(ask) => backtest::run(&ask, print),
        Command::Try(ask) => try_story::run(&ask, print),
        Command::Tier(ask) => tier::run(&ask, print),
        Command::Desk(ask) => desk::run(&ask, print),
        Command::Duplicates(ask) => duplicates::run(&ask, print),
        Command::Suspicions(ask) => suspicions::run(&ask, print),
        Command::Tick(ask) => tick::run(&ask, print),
        Command::Referral(ask) => referral::run(&ask, print),
        Command::Transfer(ask) => transfer::run(&ask, print),
        Command::Rewards(ask) => rewards::run(&ask, print),
        Command::Quote(ask) => quote::run(&ask, print),
        Command::Group(ask) => group::run(&ask, print),
        Command::Unmerge(ask) => unmerge::run(&ask, print),
        Command::Verify(ask) => verify::run(&ask, print),
        Command::VerifyDraws(ask) => verify_draws::run(&ask, print),
        Command::Seal(ask) => seal::run(&ask, print),
        Command::Head(ask) => seal::head(&ask, print),
        Command::Export(ask) => export::run(&ask, print),
        Command::Backup(ask) => backup::run(&ask, print),
        Command::Restore(ask) => restore::run(&ask, print),
        Command::Keys(ask) => keys::run(&ask, print),
        Command::Webhooks(ask) => webhooks::run(&ask, print),
        Command::Confirmations(ask) => confirmations::run(&ask, print),
        Command::Connectors(ask) => connectors::run(&ask, print),
        Command::People(ask) => people::run(&ask, print),
        Command::Segments(ask) => segments::run(&ask, print),
        Command::Advocates(ask) => advocates::run(&ask, print),
        Command::Scores(ask) => scores::run(&ask, print),
        Command::Messages(ask) => messages::run(&ask, print),
        Command::Journeys(ask) => journeys::run(&ask, print),
        Command::Offers(ask) => offers::run(&ask, print),
        Command::ControlGroup(ask) => control_group::run(&ask, print),
        Command::Surveys(ask) => surveys::run(&ask, print),
        Command::Products(ask) => products::products(&ask, print),
        Command::Recommend(ask) => recommend::run(&ask, print),
        Command::Stores(ask) => products::stores(&ask, print),
        Command::Cases(ask) => cases::run(&ask, print),
        Command::Member(ask) => privacy::run(&ask, print),
        Command::Retention(ask) => retention::run(&ask, print),
        Command::Vault(ask) => vault::run(&ask, print),
        Command::Tenants(ask) => tenants::run(&ask, print),
        Command::Migrate(ask) => migrate::run(&ask, print),
        Command::Report(ask) => report::run(&ask, print),
        Command::Watch(ask) => watch::run(&ask, print),
        Command::Finance(ask) => finance::run(&ask, print),
        #[cfg(feature = "cluster")]
        Command::Sql(ask) => cluster::sql(&ask, print),
        #[cfg(feature = "cluster")]
        Command::Cluster(ask) => cluster::run(&ask, print),
    }
}
