"""The demo company: customers of every grade, their debts, and orders that pass or are held.

    bin/odoo shell -d NAME < scripts/demo/load.py      (`make run` does it)

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
Chongqing's credit insurance ends in 20 days; Suzhou Instruments and its plant share a limit.
Nanjing Auto pays in three instalments and is late with one; Hansa, Hamburg, owes US dollars.
Collection: Huang Hai (`head`) leads Chen Jie and Liu Fang (`collector`, `collector_zh`); last night's run
opened the cases and wrote the letters. Jinan has promised, Hefei broke its promise, Xi'an pays in
instalments, Changsha's agreement waits for approval. Fuzhou contests a part, Kunming got a credit note.
Wuhu's letter came back. Dalian and Shenyang, over 180 days, were taken over; Harbin shall be.
Wang Wei has answered his confirmation sheet, Li Na has not.
Receivables: Yantai's note matures in a week, Zhengzhou's was discounted, Guiyang's was not paid and its
case is open again. Last month's provision is posted, this month's a draft. Lanzhou's debt was written off and
partly recovered; Shenyang's write-off waits for finance.
Lin Tao of Ningbo Harbour (`customer`, portal) may sign his quotation and reads a polite answer, and signs
the credit terms that were sent to him.

Everything goes through Odoo's own flows: invoices are posted, payments registered, orders confirmed by their
salesperson, releases approved by their reviewers. Dates are relative to the day it is first run; what exists
is left alone, so running it again changes nothing.
"""

# ruff: noqa: E402, F821 - `env` is given by the shell, and the modules beside this file are found by hand
import sys
from pathlib import Path

from odoo.tools.misc import file_path

HERE = Path(file_path("credit_collection")).parent / "scripts" / "demo"
WHAT_TO_TRY = HERE / "what_to_try.txt"
sys.path.insert(0, str(HERE))

import demo_collection
import demo_company
import demo_credit_file
import demo_customers
import demo_orders
import demo_receivable
from demo_book import Book

book = Book(env)
demo_company.load(book)
demo_credit_file.load_policy(book)
demo_customers.load(book)
demo_credit_file.load_cover(book)
demo_orders.load(book)
demo_credit_file.load(book)
demo_receivable.load_debts(book)
demo_collection.load(book)
demo_receivable.load(book)
env.cr.commit()
print(WHAT_TO_TRY.read_text(encoding="utf-8"))
