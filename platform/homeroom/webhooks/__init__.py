"""Webhooks: other systems receive by HTTP what was done in a school, by the Standard Webhooks specification.

An administrator of a school registers an address and the commands whose events it receives. A command's own transaction
writes what is to be delivered, together with its entry in the audit; workers deliver it, signed, again and again
for some three days. A message has ids; beside them, if it is wished, the answer to a query of the registrant's own,
under that person's rights at the moment of delivery.
"""
