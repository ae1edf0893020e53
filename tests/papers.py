"""What the papers say, as registers that were published on three days; and a store that holds them.

Each register is a file as an officer would upload it, so that tests go the way of every upload.
"""

from datetime import date, datetime

from kpi import board, ingest, publication
from kpi.store import Store

BUDGET, REVIEW, UPDATE = date(2022, 11, 24), date(2023, 2, 28), date(2023, 7, 11)

ITEM = "item_id,type,forum,raised,text,owner_role,due,status,reason,responded,response,outcome,kpi_ids,source"
ITEMS = {
    BUDGET: """
R1,action,Cabinet,2022-03-31,Report progress to Cabinet when tranche two is drawn,Corporate director,,done,,2022-11-24,The report of November,,,Cabinet March 2022
R2,action,Cabinet,2022-11-24,Tell Cabinet in the new year how tranche two is allocated,Corporate director,2023-01-31,open,,,,,,Cabinet November 2022
""",
    REVIEW: """
R1,action,Cabinet,2022-03-31,Report progress to Cabinet when tranche two is drawn,Corporate director,,done,,2022-11-24,The report of November,,,Cabinet March 2022
R2,action,Cabinet,2022-11-24,Tell Cabinet in the new year how tranche two is allocated,Corporate director,2023-01-31,open,,,,,,Cabinet November 2022
R3,recommendation,Scrutiny committee,2022-12-06,Introduce family group conferences by April 2023,Cabinet,2023-04-01,not_accepted,The deadline was too tight,2023-01-26,,,fgc_held;fgc_in_place,Scrutiny 28 February 2023
R4,information_request,Scrutiny committee,2023-02-28,Provide the category spend list,Service director,,open,,,,,,Scrutiny 28 February 2023
""",
    UPDATE: """
R1,action,Cabinet,2022-03-31,Report progress to Cabinet when tranche two is drawn,Corporate director,,done,,2022-11-24,The report of November,,,Cabinet March 2022
R2,action,Cabinet,2022-11-24,Tell Cabinet in the new year how tranche two is allocated,Corporate director,2023-01-31,open,,,,,,Cabinet November 2022
R3,recommendation,Scrutiny committee,2022-12-06,Introduce family group conferences by April 2023,Cabinet,2023-04-01,not_accepted,The deadline was too tight,2023-01-26,,Available from 1 April 2023 by spot purchase,fgc_held;fgc_in_place,Scrutiny 28 February 2023
R4,information_request,Scrutiny committee,2023-02-28,Provide the category spend list,Service director,,open,,,,,,Scrutiny 28 February 2023
R5,action,Scrutiny committee,2023-07-11,Use traffic lights for the measures,Corporate director,,open,,,,,,Scrutiny 11 July 2023
""",
}

CLAIM = "claim_id,said_in,said_on,sentence,kpi_id,test,amount,since,until,definition,source"
CLAIMS = {
    BUDGET: """
C1,Cabinet,2022-11-24,Caseloads are less than half of a year before,caseload_mean,at_most_share_of,0.5,2021-11,2022-11,Perhaps of some teams only,Paragraph 12
""",
    REVIEW: """
C1,Cabinet,2022-11-24,Caseloads are less than half of a year before,caseload_mean,at_most_share_of,0.5,2021-11,2022-11,Perhaps of some teams only,Paragraph 12
C2,Scrutiny committee,2023-02-28,Children in care are almost double the neighbours,cla_rate,times_neighbours,2,,2023-02,,Minute 135
""",
    UPDATE: """
C1,Cabinet,2022-11-24,Caseloads are less than half of a year before,caseload_mean,at_most_share_of,0.5,2021-11,2022-11,Perhaps of some teams only,Paragraph 12
C2,Scrutiny committee,2023-02-28,Children in care are almost double the neighbours,cla_rate,times_neighbours,2,,2023-02,,Minute 135
C3,Scrutiny committee,2023-07-11,Plans dropped by about 100 since last September,cp_open,fell_by,100,2022-09,2023-06,,Minute 149
C4,Scrutiny committee,2023-07-11,The visits brought praise for morale,,,,,,,Minute 149
""",
}

FUND = "version,line_id,kind,name,category,tranche,stream,plan,actual,forecast,due,date,recurrent,priority_id,kpi_ids,reason,source"
TEAMS = (
    (298, "CP court team"), (352, "Assessment team"), (237, "Corporate parenting team"),
    (207, "Fostering team"), (79, "Early help advanced practitioners"), (74, "Improvement leads"),
    (173, "IRO and CP chairs"), (100, "Signs of safety"), (523, "Auditors"),
    (84, "Social worker academy"), (361, "Service managers"), (0, "Children in need team"),
    (122, "Newly qualified social workers"), (199, "Managing practitioners"),
    (178, "Business support"), (98, "Social work posts at senior AP"),
    (352, "Advanced practitioners"), (214, "Permanence team"), (28, "Clinical psychologist"),
    (719, "Two additional project teams"), (37, "Social worker for SEND"),
    (210, "Data and systems analyst"), (51, "Commissioning lead"), (793, "Children in need team"),
    (1000, "Corporate investment after the inspection"),
)  # fmt: skip
NOVEMBER = "".join(
    f"November 2022,T2-{at:02},line,{name},teams,two,reserve,{amount * 1000},,,,,,P02,caseload_mean,,Paragraph 34\n"
    for at, (amount, name) in enumerate(TEAMS, 1)
)
CABINET = (
    """
March 2022,RES,reserve,Financial resilience reserve,,none,reserve,11490000,,,,,,,,,Cabinet March 2022
March 2022,REL-1,release,Tranche one,,one,reserve,5000000,5000000,,2022-04-01,2022-04-01,,,,,Cabinet March 2022
March 2022,REL-2,release,Tranche two,,two,reserve,6489000,,,2022-07-01,,,,,,Cabinet March 2022
November 2022,REL-2,release,Tranche two,,two,reserve,6489000,6489000,,2022-07-01,2022-11-24,,,,It was not needed before,Paragraph 7
November 2022,RES,reserve,Financial resilience reserve,,none,reserve,11489000,,,,,,,,,Paragraph 7
November 2022,T2-SUM,total,Tranche two,,two,reserve,6489000,,,,,,,,,Paragraph 34
"""
    + NOVEMBER
)
FUNDS = {
    BUDGET: CABINET,
    REVIEW: CABINET
    + """February 2023,CF,carry_forward,Carried forward,,carried,reserve,473000,,473000,,,,,,,Minute 135
February 2023,US,underspend,Forecast underspend,,two,reserve,,,688337,,,,,,,Minute 135
""",
}

MEETING = "meeting_id,forum,date,title,due,reported,source"
MEETINGS = {
    BUDGET: """
M1,Cabinet,2022-03-31,Two tranches are approved,,,Cabinet March 2022
M2,Cabinet,2022-11-24,Progress at the drawdown,2022-07-31,2022-11-24,Cabinet November 2022
""",
    UPDATE: """
M1,Cabinet,2022-03-31,Two tranches are approved,,,Cabinet March 2022
M2,Cabinet,2022-11-24,Progress at the drawdown,2022-07-31,2022-11-24,Cabinet November 2022
M3,Cabinet,2023-01-31,Allocation of tranche two,2023-01-31,,Cabinet November 2022
M4,Improvement board,2023-06-15,Progress,2023-06-30,2023-06-15,Scrutiny 11 July 2023
""",
}

REGISTERS = {
    "recommendation": (ITEM, ITEMS),
    "claim": (CLAIM, CLAIMS),
    "funding": (FUND, FUNDS),
    "meeting": (MEETING, MEETINGS),
}


def publish(store: Store) -> None:
    """Publish every register on its days, the earliest first."""
    for day in (BUDGET, REVIEW, UPDATE):
        for name, (head, files) in REGISTERS.items():
            if day in files:
                put(store, name, f"{head}\n{files[day].strip()}\n", day)


def put(store: Store, name: str, text: str, day: date) -> None:
    """Publish a register's file at noon of a day; what a check refuses fails the test."""
    context = board.context(store, 10**7)
    dataset = store.catalogue.datasets[name]
    checked = ingest.check(store.catalogue, text.encode(), f"{name}.csv", context, dataset)
    wrong = checked.findings.filter(severity="error")
    assert checked.accepted, wrong["message"].to_list()
    item = board.incoming(checked, "The list of the day")
    publication.publish(
        store, [item], "Governance officer", datetime(day.year, day.month, day.day, 12)
    )
