from . import notify, oauth
