"""Block Kit as Slack checks it."""

from simulator.blocks.elements_of import HOLDS as HOLDS
from simulator.blocks.elements_of import LISTS as LISTS
from simulator.blocks.elements_of import find_element as find_element
from simulator.blocks.elements_of import initial_value as initial_value
from simulator.blocks.elements_of import options_of as options_of
from simulator.blocks.elements_of import stateful_elements as stateful_elements
from simulator.blocks.elements_of import with_ids as with_ids
from simulator.blocks.elements_of import with_those_inside as with_those_inside
from simulator.blocks.layout import check_blocks as check_blocks
from simulator.blocks.objects import check_offered as check_offered
from simulator.blocks.objects import check_option_of_app as check_option_of_app
from simulator.blocks.view import check_view as check_view
