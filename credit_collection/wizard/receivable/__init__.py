from . import receivable_writeoff_apply
from . import receivable_recovery_register
from . import receivable_undo
from . import receivable_note_do
