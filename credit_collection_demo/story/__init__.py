"""The demo company: customers of every grade, their debts, and orders that pass or are held.

The story. Huaxing Components sells motors and controllers from Shanghai, in CNY; no taxes, for round figures.
Li Na (`sales`) and Wang Wei (`sales2`) quote; who may buy on credit is decided by Liu Yang (`controller`).
Ningbo Harbour has used 92 % of its limit: 12,000 more pass, 30,000 do not. Guangzhou Lighting is over it.
Hangzhou Silk is 10 days late, which passes; Wuxi Bearings 25 days, which holds; Chongqing Motors 60 days, and
its release waits for Zhou Jing (`finance`). Dalian Northern is frozen, 200 days late: release rejected.
Shenyang Hengda is blacklisted. Xiamen Retail buys for cash and paid nothing; Qingdao Fresh has prepaid half.
Suzhou Instruments is fine, until somebody grants it 90 days instead of 30. China Grid has no limit at all.
Beijing Rail was held, released by three people and confirmed. Shenzhen Smart was held, paid, and was cleared.
A policy is in force (template P1), one for exports is a draft. Tianjin Robotics is new: its application waits
for the sales manager. Hangzhou got a higher limit by an application and is being assessed: one of two scored.
Chongqing's credit insurance ends in 20 days; Suzhou Instruments and its plant share a limit; of Suzhou's own,
orders use a part at most.
Nanjing Auto pays in three instalments and is late with one; Hansa, Hamburg, owes US dollars.
Collection: Huang Hai (`head`) leads Chen Jie and Liu Fang (`collector`, `collector_zh`); last night's run
opened the cases and wrote the letters. Jinan has promised, Hefei broke its promise, Xi'an pays in
instalments, Changsha's agreement waits for approval. Fuzhou contests a part, Kunming got a credit note.
Wuhu's letter came back. Dalian and Shenyang, over 180 days, were taken over; Harbin shall be.
Wang Wei has answered the confirmation sheet of the month, Li Na has not.
Receivables: Yantai owes freight, too; its note matures in a week and its case is closed. Zhengzhou's note
was discounted, Guiyang's was not paid and its case is open again. Last month's provision is posted, this
month's a draft. Lanzhou's debt was written off and partly recovered; Shenyang's write-off waits for finance.
Insight: six months are closed, the last one raised alerts, its report is a draft, its meeting prepared.
Lin Tao of Ningbo Harbour (`customer`, portal) may sign the quotation and reads a polite answer, and signs
the credit terms that were sent.

Everything goes through Odoo's own flows: invoices are posted, payments registered, orders confirmed by their
salesperson, releases approved by their reviewers. Dates are relative to the day of installation; what
exists is left alone, so telling it again changes nothing. Nothing commits: one transaction makes all of it.
"""

from . import collection, company, credit_file, customers, insight, orders, receivable
from .book import Book


def tell(env):
    """Make the demo company in the database's main company; all of it, or the missing parts.

    :param env: of the superuser, with every depended-on module loaded
    """
    book = Book(env)
    company.load(book)
    credit_file.load_policy(book)
    customers.load(book)
    credit_file.load_collateral(book)
    orders.load(book)
    credit_file.load(book)
    receivable.load_debts(book)
    collection.load(book)
    receivable.load(book)
    insight.load(book)
