"""Who may do what to which thing: the table of the authorization matrix, spelt out.

It is never computed from the product's own table, or both would be wrong together.
"""

from dataclasses import dataclass

from fastapi.routing import APIRoute
from httpx import Response

from app.domain.access import Role
from app.main import create_app
from app.settings import Settings
from tests.support.personas import (
    RECEIVERS,
)

R = Role
OK, UNKNOWN, FORBIDDEN, ABSENT = "ok", "401", "403", "404"

# Who may, at the place of the thing -------------------------------------------------------------------------

OFFICE = {R.SUPERVISOR, R.SECRETARIAT_OFFICER, R.APPROVER, R.MANAGER, R.HEAD}
DESK = {R.DESK_OFFICER, R.DESK_COORDINATOR}
INTAKE = OFFICE | DESK | {R.FACILITATOR, R.CADRE}
WORKERS = OFFICE | DESK | {R.FACILITATOR}
SEERS = INTAKE | {R.VILLAGE_HEAD, R.AUDITOR}
SENDERS = OFFICE | DESK
RESTORERS = OFFICE | {R.DESK_COORDINATOR}
HOLDERS = OFFICE | DESK | {R.VILLAGE_HEAD}
MEETERS = HOLDERS
DECIDERS = {R.APPROVER, R.MANAGER, R.HEAD}
DRAFTERS = DECIDERS | {R.SECRETARIAT_OFFICER}
DUPLICATE_DECIDERS = DECIDERS | {R.SECRETARIAT_OFFICER}
IMPORTERS = DECIDERS | {R.SECRETARIAT_OFFICER}
REGISTRY_READERS = OFFICE | DESK | {R.VILLAGE_HEAD, R.AUDITOR}
BOOKS = {R.REGENCY_ADMIN, R.SYSTEM_ADMIN}
AUDITORS = {R.MANAGER, R.HEAD, R.AUDITOR, R.SYSTEM_ADMIN}
BREACH_KEEPERS = {R.MANAGER, R.HEAD, R.REGENCY_ADMIN}
DESK_MAKERS = BOOKS | {R.MANAGER}
RULE_MAKERS = BOOKS | {R.MANAGER, R.HEAD}
RULE_WRITERS = {R.MANAGER, R.HEAD, R.SYSTEM_ADMIN, R.AGENCY_OFFICER}
COUNTERS = SENDERS | {R.VILLAGE_HEAD, R.AUDITOR, R.AGENCY_OFFICER, R.AGENCY_CLIENT}
REFERRAL_READERS = SEERS | {R.AGENCY_OFFICER, R.AGENCY_CLIENT}

PUBLIC, ANYBODY, LISTED, PLACED, CASES, REFERRALS, BOOKED, DESKS, TRACKED, LINKED, WATCHED = (
    "public", "anybody", "listed", "placed", "cases", "referrals", "booked", "desks", "tracked", "linked",
    "watched",
)  # fmt: skip


REGISTERED = "registered"
WHOLE = "whole"
"""Of one's own regency, for those whose office covers all of it."""

OFFERED = "offered"
"""A need that is open: seen by the secretariat of its regency and by the regency's donors."""
PLEDGED = "pledged"
"""Another's pledge: seen by those who check it."""
REPORTED = "reported"
"""A report of the regency: seen by those who make them."""
CAMPAIGNS, ORGANISED = "campaigns", "organised"
"""Seen by whoever has a part in campaigns anywhere in the regency; made there, or by its organiser."""


@dataclass(frozen=True)
class Rule:
    """What kind of thing a route is about, which officers may, and whether receivers of a referral may."""

    kind: str
    who: frozenset[Role] = frozenset()
    receivers: bool = False
    providers: bool = False
    """The receiver's officers, not its clients."""


def rule(
    kind: str, who: set[Role] | None = None, *, receivers: bool = False, providers: bool = False
) -> Rule:
    return Rule(kind, frozenset(who or ()), receivers, providers)


def many(made: Rule, *names: str) -> dict[str, Rule]:
    return {name: made for line in names for name in line.split()}


RULES: dict[str, Rule] = {
    **many(
        rule(PUBLIC),
        "createToken revokeToken getSignInIssuer startSignIn finishSignIn "
        "listRegions getRegion listCodes listAgencies getAgency "
        "listPrograms getProgram listProgramVersions getFactDictionary listAllotments getCalendar "
        "openTracking "
        "getHsds listHsdsServices getHsdsService listHsdsOrganizations getHsdsOrganization "
        "sendReport getLiveness "
        "getMessageKeys "
        "listStatistics getStatistics getStatisticsFile listStatisticsPages getStatisticsPage getMap "
        "verifyLetter openLetterLink getLinkPage getLinkFile "
        "getTrackForm openTrackPage getTrackPage attachOnTrackPage answerOnTrackPage "
        "getReadiness getMetrics getDocs getDocsFile getOpenApi",
    ),
    **many(
        rule(ANYBODY),
        "listNotifications readNotifications getMe listCadres getCadre getVisitChecklist "
        "listDesks getDesk listOverrides listPolicies listEvents listJobs",
    ),
    "listAccounts": rule(LISTED, BOOKS),
    "listClients": rule(LISTED, BOOKS),
    "createAccount": rule(PLACED, BOOKS),
    "createClient": rule(PLACED, BOOKS),
    **many(
        rule(BOOKED, BOOKS),
        "getAccount changeAccount setSignIn getClient rotateClientSecret disableClient "
        "listServiceKeys createServiceKey revokeServiceKey "
        "getRegistryAccess setRegistryAccess",
    ),
    "openDesk": rule(PLACED, DESK_MAKERS),
    "changeDesk": rule(DESKS, DESK_MAKERS),
    **many(rule(PLACED, RULE_MAKERS), "setPolicy editCalendar setMap"),
    "endPolicy": rule(DESKS, RULE_MAKERS),
    # The job of the matrix needs policy:manage.
    **many(rule(WATCHED, RULE_MAKERS), "getJob stopJob resumeJob"),
    **many(rule(LISTED, SEERS), "listExports orderExport"),
    # The export of the matrix is another's: nobody who may read cases finds it.
    **many(rule(WATCHED), "getExport getExportContent"),
    **many(rule(WHOLE, OFFICE), "listLists listListProfiles sendList"),
    "getList": rule(WATCHED, OFFICE),
    "saveListProfile": rule(PLACED, OFFICE),
    "reconcileList": rule(PLACED, DUPLICATE_DECIDERS),
    "listReconciliations": rule(LISTED, DUPLICATE_DECIDERS),
    **many(
        rule(WATCHED, DUPLICATE_DECIDERS),
        "getReconciliation listFindings getFinding decideFinding approveFinding undoFinding refreshFinding "
        "decideFindings approveFindings exportReconciliation",
    ),
    "listSnapshots": rule(LISTED, REGISTRY_READERS),
    "checkSnapshot": rule(PLACED, IMPORTERS),
    **many(rule(REGISTERED, REGISTRY_READERS), "getSnapshot listSnapshotGaps"),
    "getSnapshotDiff": rule(REGISTERED, OFFICE | {R.AUDITOR}),
    **many(
        rule(REGISTERED, IMPORTERS),
        "listSnapshotRows getSnapshotWorkbook decideSnapshotRow commitSnapshot withdrawSnapshot "
        "compareSnapshots",
    ),
    "openHouseholds": rule(CASES, INTAKE),
    "reserveTickets": rule(PLACED, INTAKE),
    "listReservedTickets": rule(LISTED, INTAKE),
    "sync": rule(LISTED, INTAKE),
    "listChanges": rule(LISTED, SEERS),
    "listDuty": rule(LISTED, OFFICE | {R.DESK_COORDINATOR}),
    "planDuty": rule(PLACED, OFFICE),
    "endDuty": rule(DESKS, OFFICE),
    **many(rule(WHOLE, {R.MANAGER, R.HEAD, R.AGENCY_CLIENT}), "listWebhooks createWebhook"),
    # The endpoint of the matrix is the secretariat's: no agency's system may know of it.
    **many(
        rule(WATCHED, {R.MANAGER, R.HEAD}),
        "getWebhook changeWebhook rotateWebhookSecret removeWebhook testWebhook listWebhookDeliveries "
        "redeliverWebhook replayWebhook",
    ),
    "listCampaigns": rule(LISTED, INTAKE | {R.AGENCY_OFFICER}),
    "createCampaign": rule(ORGANISED, DRAFTERS),
    **many(
        rule(CAMPAIGNS, INTAKE, receivers=True),
        "getCampaign listSlots listDevices nominateRecipients getCampaignReport getCampaignReportSheet",
    ),
    **many(
        rule(CAMPAIGNS, DRAFTERS, receivers=True),
        "changeCampaign selectRecipients openCampaign withdrawSelection startHandOut reportCampaign "
        "cancelCampaign listRecipients addSlot addDevice takeList revokeDevice listCheckins sendCheckins "
        "decideHandOutFinding",
    ),
    **many(rule(CAMPAIGNS, DRAFTERS), "getRecipient replaceRecipient"),
    **many(rule(CAMPAIGNS, {R.MANAGER, R.HEAD}), "approveCampaign closeCampaign returnSelection"),
    "matchPrograms": rule(LISTED, INTAKE | {R.VILLAGE_HEAD}),
    "listProgramDrafts": rule(LISTED, RULE_WRITERS),
    "checkCriteria": rule(LISTED, RULE_WRITERS),
    **many(rule(PLACED, RULE_WRITERS, providers=True), "newProgram draftVersion"),
    # The version of the matrix is a draft: whoever has no part in it may not know of it.
    **many(
        rule(WATCHED, RULE_WRITERS, providers=True),
        "getVersion editVersion checkVersion returnVersion publishVersion retireVersion withdrawVersion "
        "tryVersion getTrial",
    ),
    "setAvailability": rule(PLACED, receivers=True),
    "setAllotments": rule(PLACED, {R.MANAGER, R.HEAD}, providers=True),
    "listWaiting": rule(LISTED, REFERRAL_READERS),
    "draftOverride": rule(PLACED, {R.MANAGER, R.HEAD, R.SYSTEM_ADMIN}),
    **many(rule(DESKS, {R.MANAGER, R.HEAD, R.SYSTEM_ADMIN}), "publishOverride retireOverride"),
    "openCase": rule(PLACED, INTAKE),
    "listCases": rule(LISTED, SEERS),
    "searchCases": rule(LISTED, SEERS),
    "lookupPeople": rule(LISTED, INTAKE),
    "listAssistance": rule(LISTED, SEERS),
    "recordAssistance": rule(BOOKED, RESTORERS),
    **many(rule(CASES, RESTORERS), "reverseAssistance stopAssistance"),
    "getPersonAssistance": rule(CASES, INTAKE),
    "importAssistance": rule(PLACED, OFFICE),
    "listAssistanceImports": rule(LISTED, RESTORERS),
    **many(rule(WATCHED, OFFICE), "getAssistanceImport listAssistanceImportRows"),
    "listGraduations": rule(LISTED, SEERS),
    "startGraduation": rule(BOOKED, WORKERS),
    "getGraduation": rule(CASES, SEERS),
    **many(rule(CASES, WORKERS), "reachGraduationStep reviewGraduation"),
    **many(rule(CASES, DECIDERS), "decideGraduation undoGraduation"),
    **many(rule(LISTED, DRAFTERS | {R.DONOR}), "listNeeds listPledges sumPledges"),
    "getNeed": rule(OFFERED, DRAFTERS | {R.DONOR}),
    **many(rule(OFFERED, DRAFTERS), "publishNeed withdrawNeed"),
    "listCaseNeeds": rule(CASES, SEERS),
    "draftNeed": rule(CASES, SENDERS),
    # Who publishes no needs may not know of the campaign here.
    "draftCampaignNeed": rule(WATCHED, DRAFTERS),
    "reserveNeed": rule(BOOKED, {R.DONOR}),
    **many(
        rule(PLEDGED, DRAFTERS),
        "getPledge getPledgeReport getCertificate getPledgeProof pledgeAccept pledgeReturn pledgeRelease",
    ),
    **many(rule(PLEDGED), "pledgePromise pledgeDeliver pledgeCancel addPledgeProof"),
    "listTargets": rule(LISTED, COUNTERS - set(RECEIVERS)),
    "setTarget": rule(PLACED, RULE_MAKERS),
    # The clients of the matrix have no key that was registered: being a client alone opens nothing.
    **many(
        rule(LISTED),
        "searchRegistry askEnrolled orderSearch getTransactionStatus subscribeRegistry unsubscribeRegistry",
    ),
    "askOverlap": rule(LISTED, INTAKE | {R.AGENCY_OFFICER, R.AGENCY_CLIENT, R.DONOR}),
    "getPerson": rule(CASES, INTAKE),
    **many(rule(LISTED, INTAKE), "listPeople findCandidates listHouseholds"),
    **many(rule(PLACED, INTAKE), "createPerson createHousehold"),
    **many(
        rule(CASES, INTAKE),
        "addIdentifier endIdentifier getHousehold addHouseholdMember changeHouseholdMember leaveHousehold "
        "changeHouseholdFacts",
    ),
    "listIdentityConflicts": rule(LISTED, DUPLICATE_DECIDERS),
    **many(rule(CASES, DUPLICATE_DECIDERS), "mergePeople splitPerson decideIdentityConflict"),
    **many(rule(CASES, INTAKE), "listDeaths recordDeath undoDeath"),
    **many(rule(LISTED, MEETERS), "listDeliberations listProposals"),
    "listOpenObjections": rule(LISTED, DRAFTERS),
    "listVillageResults": rule(PUBLIC),
    **many(rule(PLACED, HOLDERS), "planDeliberation gatherProposals"),
    **many(
        rule(CASES, MEETERS),
        "getDeliberation getInvitation listAgenda suggestAgenda listAttendance listDecisions listMinutes "
        "printMinutes getMinutesScan verifyMinutes listObjections getObjectionPhoto getProposals",
    ),
    **many(
        rule(CASES, HOLDERS),
        "changeDeliberation conveneDeliberation openDeliberation cancelDeliberation publishDeliberation "
        "putOnAgenda withdrawCandidate recordAttendance removeAttendance declareConflict "
        "decideCandidates makeMinutes resumeDeliberation signMinutes exportProposals",
    ),
    "ratifyDeliberation": rule(CASES, {R.MANAGER, R.HEAD}),
    **many(rule(CASES, INTAKE), "fileObjection attachObjectionPhoto"),
    "decideObjection": rule(CASES, DRAFTERS),
    # The stage of the matrix is the village's; all after it are the regency's.
    "moveProposals": rule(CASES, HOLDERS),
    "answerProposals": rule(CASES, {R.MANAGER, R.HEAD}),
    "listRisk": rule(CASES, SEERS),
    "assessRisk": rule(CASES, WORKERS),
    "revealPerson": rule(CASES, SENDERS),
    "listDuplicates": rule(LISTED, DUPLICATE_DECIDERS),
    **many(rule(CASES, DUPLICATE_DECIDERS), "decideDuplicates undoDuplicates"),
    "importLaporReports": rule(PLACED, IMPORTERS),
    **many(rule(CASES, IMPORTERS), "getLaporHandOver sendToLapor recordLaporNumber"),
    "moveReferrals": rule(LISTED, DUPLICATE_DECIDERS | {R.AGENCY_OFFICER, R.AGENCY_CLIENT}),
    "listReferrals": rule(LISTED, REFERRAL_READERS),
    **many(rule(LISTED, COUNTERS), "getQueue listMetrics queryMetrics"),
    **many(
        rule(CASES, SEERS),
        "getClocks listOffers getCase getRouting listFacts listNotes listCaseReferrals listCaseEvents "
        "getSlip getReadinessToSend",
    ),
    "listDataRequests": rule(LISTED, SENDERS),
    "takeDataRequest": rule(BOOKED, SENDERS),
    **many(rule(CASES, SENDERS), "getDataRequest liftDataRequest getDataCopy grantDataRequest"),
    **many(rule(WHOLE, AUDITORS), "listAudit listSeals"),
    "verifyAudit": rule(PLACED, AUDITORS),
    "listPeriodicReports": rule(LISTED, DRAFTERS | {R.AGENCY_OFFICER, R.AGENCY_CLIENT, R.DONOR}),
    "makePeriodicReport": rule(PLACED, DRAFTERS),
    # The report of the matrix is the regency's own: no agency and no donor knows of it.
    **many(rule(WATCHED, DRAFTERS), "getPeriodicReport getPeriodicReportFile listTallyHouseholds"),
    "signPeriodicReport": rule(REPORTED, {R.MANAGER, R.HEAD}),
    "listBreaches": rule(LISTED, BREACH_KEEPERS),
    "recordBreach": rule(PLACED, BREACH_KEEPERS),
    **many(rule(WATCHED, BREACH_KEEPERS), "getBreach tellBreach closeBreach"),
    **many(
        rule(CASES, {R.MANAGER, R.HEAD}),
        "refuseDataRequest",
    ),
    **many(
        rule(CASES, WORKERS),
        "patchCase addFacts routeAgain caseAskCompletion caseComplete caseVerify "
        "caseRecordVerification caseHandle casePropose caseTold addNote replacePin "
        "caseConfirm caseDispute",
    ),
    **many(
        rule(CASES, DECIDERS | {R.DESK_COORDINATOR}),
        "caseReturn caseDecideRefer caseDecideResolve",
    ),
    **many(
        rule(CASES, SENDERS),
        "caseRefer caseResolve caseReopen caseVoid takeOffer dropOffer",
    ),
    "caseRestore": rule(CASES, RESTORERS),
    **many(rule(CASES, SEERS), "listAttachments getAttachment getAttachmentContent getPapers"),
    **many(rule(CASES, INTAKE), "attachFile beginUpload sendPart"),
    "deleteAttachment": rule(CASES, WORKERS),
    **many(rule(REFERRALS, SEERS, receivers=True), "listReferralAttachments getReferralAttachmentContent"),
    "listLinks": rule(CASES, SEERS),
    **many(rule(CASES, WORKERS), "caseHandOver addLink undoLink"),
    "caseTransfer": rule(CASES, OFFICE - {R.SUPERVISOR}),
    **many(rule(CASES, {R.MANAGER, R.HEAD}), "listReaders nameReader nameAbout"),
    "listMessages": rule(CASES, SEERS),
    "listMessageTemplates": rule(LISTED, RULE_MAKERS),
    "putMessageTemplate": rule(PLACED, RULE_MAKERS),
    "setContactPreference": rule(CASES, INTAKE),
    **many(rule(CASES, SEERS), "listAssignments listCaseVisits listCaseTasks listContacts"),
    **many(rule(CASES, INTAKE), "addVisit recordContact"),
    # The visit and the task of the matrix are another's.
    **many(rule(CASES, WORKERS), "completeVisit cancelVisit addTask finishTask"),
    "assignCase": rule(CASES, RESTORERS),
    **many(rule(LISTED, INTAKE), "listVisits listTasks"),
    **many(rule(LISTED, RESTORERS), "getTeam getCaseload listAbsences"),
    **many(rule(PLACED, RESTORERS), "registerCadre recordAbsence"),
    **many(rule(BOOKED, RESTORERS), "endAbsence handOverWork"),
    "changeCadre": rule(DESKS, RESTORERS),
    "listLetterTemplates": rule(LISTED, RULE_MAKERS | DRAFTERS),
    "addLetterTemplate": rule(PLACED, RULE_MAKERS),
    **many(rule(CASES, SEERS), "listLetters getLetter"),
    "listLettersByState": rule(LISTED, DRAFTERS),
    "listSentMessages": rule(LISTED, SEERS | RULE_MAKERS),
    **many(rule(CASES, WORKERS), "printLetter getLetterPdf"),
    **many(
        rule(CASES, DRAFTERS),
        "draftLetter redraftLetter listLetterLinks makeLetterLink revokeLetterLink",
    ),
    **many(rule(CASES, DECIDERS), "letterInitial letterReturn"),
    **many(rule(CASES, {R.HEAD}), "letterSign letterRevoke"),
    **many(
        rule(LINKED),
        "getLinkedReferral linkAccept linkReturn linkRefuse linkNotOurs linkStart linkDeliver "
        "linkFulfil linkFail linkQuestion",
    ),
    "getReferral": rule(REFERRALS, SEERS, receivers=True),
    **many(
        rule(REFERRALS, receivers=True),
        "referralAccept referralReturn referralRefuse referralNotOurs referralWaitlist "
        "referralStart referralDeliver referralProgress referralFulfil referralFail "
        "referralQuestion referralNote referralExternalReference",
    ),
    **many(
        rule(REFERRALS, SENDERS),
        "referralResend referralRevoke referralReopen referralAnswer",
    ),
    "referralSubmittedExternal": rule(REFERRALS, SENDERS, receivers=True),
    **many(
        rule(TRACKED),
        "getTracking listPapersAsked attachByResident "
        "confirmByResident disputeByResident rateByResident withdrawByResident",
    ),
}


ROUTES: dict[str, APIRoute] = {
    route.operation_id or route.name: route for route in create_app(Settings()).api_routes()
}


def told(answer: Response) -> str:
    assert answer.status_code < 500, answer.text
    return str(answer.status_code) if answer.status_code in {401, 403, 404} else OK
